"""xmlrpc_client.py URL [--builtin-types]: calls from stdin by xmlrpc.client.ServerProxy.

An argument {"bytes": HEX} goes out as base64, {"datetime": "20261122T20:00:00"} as dateTime.iso8601.
"multicall": [{"method", "args"}, ...] instead of "method" sends them as one system.multicall.
"""

import sys
import xmlrpc.client

from peer import drive


def value(given):
    if isinstance(given, dict) and list(given) == ["bytes"]:
        return xmlrpc.client.Binary(bytes.fromhex(given["bytes"]))
    if isinstance(given, dict) and list(given) == ["datetime"]:
        return xmlrpc.client.DateTime(given["datetime"])
    if isinstance(given, dict):
        return {key: value(item) for key, item in given.items()}
    if isinstance(given, list):
        return [value(item) for item in given]
    return given


def shown(result):
    if isinstance(result, xmlrpc.client.Binary):
        return result.data
    if isinstance(result, list):
        return [shown(item) for item in result]
    if isinstance(result, dict):
        return {key: shown(item) for key, item in result.items()}
    return result


proxy = xmlrpc.client.ServerProxy(sys.argv[1], allow_none=True, use_builtin_types="--builtin-types" in sys.argv)


def call(line):
    if "multicall" in line:
        batch = xmlrpc.client.MultiCall(proxy)
        for one in line["multicall"]:
            getattr(batch, one["method"])(*map(value, one.get("args", [])))
        return [shown(result) for result in batch()]
    return shown(getattr(proxy, line["method"])(*map(value, line.get("args", []))))


drive(call)
