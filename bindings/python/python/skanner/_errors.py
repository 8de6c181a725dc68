"""What can be raised. What cannot be read is no error: it is in `Report.not_scanned`."""


class Error(Exception):
    """What every error of skanner is."""

    __module__ = "skanner"


class ConfigurationError(Error, ValueError):
    """The configuration cannot be read or is not valid, or an option names something that does not exist."""

    __module__ = "skanner"


class ResourceError(Error):
    """Something that every scan needs cannot be read, such as a list of suppressions."""

    __module__ = "skanner"


class InternalError(Error):
    """A bug in skanner: the content was not scanned."""

    __module__ = "skanner"
