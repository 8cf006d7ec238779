"""Gives zerorpc 0.6.3, written for older Pythons, the two names it misses since 3.10 and 3.11.

Without them its command line ends with a traceback after a call, and _zerorpc_inspect answers an error.
Import this before zerorpc.
"""

import collections
import collections.abc
import inspect

if not hasattr(collections, "Iterator"):
    collections.Iterator = collections.abc.Iterator
if not hasattr(inspect, "getargspec"):
    ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")
    inspect.getargspec = lambda function: ArgSpec(*inspect.getfullargspec(function)[:4])
