"""For every server behind the hub."""

c = get_config()

# The formgrader is a frame in JupyterLab; the hub would forbid frames, and the page stayed blank.
c.ServerApp.tornado_settings = {"headers": {"Content-Security-Policy": "frame-ancestors 'self'"}}
