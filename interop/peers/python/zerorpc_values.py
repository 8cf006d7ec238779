"""zerorpc_values.py PORT: a service for command lines to call, whose results are of every kind."""

import sys

import old_python  # noqa: F401 (before zerorpc)
import zerorpc


class Values(object):
    def add(self, a, b=2):
        """Adds.

        The second number may be left out.
        """
        return a + b

    def hello(self, name, greeting="Hello"):
        """Greets somebody."""
        return greeting + ", " + name

    def echo(self, value):
        """Returns its argument."""
        return value

    def several(self, *values):
        return values

    def nothing(self):
        return None

    def fail(self, text):
        """Raises a ValueError with a text."""
        raise ValueError(text)

    def octets(self, count):
        """Bytes from 0 on."""
        return bytes(i % 256 for i in range(int(count)))

    def repeat(self, text, times):
        """A text several times."""
        return text * int(times)

    @zerorpc.stream
    def count(self, end):
        """The numbers below the end, one by one."""
        return iter(range(int(end)))

    @zerorpc.stream
    def break_off(self, end):
        """A stream that fails after its last item."""
        for i in range(int(end)):
            yield i
        raise RuntimeError("enough")


server = zerorpc.Server(Values())
server.bind("tcp://127.0.0.1:" + sys.argv[1])
print("ready tcp://127.0.0.1:" + sys.argv[1], flush=True)
server.run()
