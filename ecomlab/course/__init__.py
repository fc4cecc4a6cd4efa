"""The course: notebooks and assignments, built from the catalogue of tasks (`build.build`), and where they lie (`folder`)."""
