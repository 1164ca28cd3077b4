"""No tables. Django sends `post_migrate` only to an app with this module, and the kernel installs the triggers then."""
