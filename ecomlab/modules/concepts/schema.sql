-- Sheets of questions: the topic, and each case with the term that was given last (null: not answered yet).
create table concept_sheet (number varchar primary key, topic varchar not null, tries integer not null);
create table concept_case (number varchar not null, line integer not null, case_key varchar not null, given varchar, primary key (number, line));
-- Explanations: the term, the student's own words, and the document named as its example (null: there is none here). fits: whether it is one.
create table concept_explanation (number varchar primary key, concept varchar not null, words varchar not null, example varchar, fits boolean not null, day date not null);
