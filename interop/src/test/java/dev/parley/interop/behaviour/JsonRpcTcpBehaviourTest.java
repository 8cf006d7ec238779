package dev.parley.interop.behaviour;

class JsonRpcTcpBehaviourTest extends WireBehaviour {
    @Override
    String listenAddress() {
        return "jsonrpc+tcp://127.0.0.1:0";
    }
}
