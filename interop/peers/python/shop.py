"""An application's own exception, as OpenStack's services make theirs: from keywords, with a message of their own."""


class OutOfStock(Exception):
    def __init__(self, message=None, **kwargs):
        self.kwargs = kwargs
        super().__init__(message or "no %(item)s left" % kwargs)
