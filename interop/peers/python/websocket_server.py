"""websocket_server.py [PORT]: the calculator as JSON-RPC on websockets; `subscribe` sends notifications, as mopidy does."""

import asyncio
import json
import sys

from websockets.asyncio.server import serve

from peer import Calculator, ready

calculator = Calculator()


async def respond(socket, request):
    method, params = request["method"], request.get("params", [])
    if method == "subscribe":
        for number in range(params[0]):
            await socket.send(json.dumps({"jsonrpc": "2.0", "method": "on_event", "params": {"number": number}}))
        return {"result": None}
    if method == "callback":
        await socket.send(json.dumps({"jsonrpc": "2.0", "id": "server-1", "method": "twice", "params": params}))
        return None
    if not hasattr(calculator, method):
        return {"error": {"code": -32601, "message": f"Method {method} not found"}}
    try:
        if isinstance(params, dict):
            return {"result": getattr(calculator, method)(**params)}
        return {"result": getattr(calculator, method)(*params)}
    except Exception as error:
        return {"error": {"code": -32000, "message": str(error), "data": {"type": type(error).__name__}}}


async def handle(socket):
    waiting = None
    async for message in socket:
        request = json.loads(message)
        if "method" not in request:
            # What the client responded to the callback is the result of the call that asked for it.
            await socket.send(json.dumps({"jsonrpc": "2.0", "id": waiting, "result": request.get("result")}))
            continue
        outcome = await respond(socket, request)
        if request["method"] == "callback":
            waiting = request["id"]
        elif "id" in request:
            await socket.send(json.dumps({"jsonrpc": "2.0", "id": request["id"], **outcome}))


async def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    async with serve(handle, "127.0.0.1", port) as server:
        ready("ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1])
        await server.serve_forever()


asyncio.run(main())
