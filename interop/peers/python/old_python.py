"""Gives peers written for older Pythons the names that these have lost: import this before them.

zerorpc 0.6.3 misses two since 3.10 and 3.11: without them its command line ends with a traceback after a call, and
_zerorpc_inspect answers an error. oslo.messaging 2.9.0 cannot be imported without them.
"""

import collections
import collections.abc
import inspect

for name in ("Iterator", "Mapping"):
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))
if not hasattr(inspect, "getargspec"):
    ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")
    inspect.getargspec = lambda function: ArgSpec(*inspect.getfullargspec(function)[:4])
