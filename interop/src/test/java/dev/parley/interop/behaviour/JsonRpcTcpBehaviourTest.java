package dev.parley.interop.behaviour;

class JsonRpcTcpBehaviourTest extends WireBehaviour {
    @Override
    String serverOptions() {
        return "max_connections=50&max_batch=10&max_backlog=50";
    }

    @Override
    String listenAddress() {
        return "jsonrpc+tcp://127.0.0.1:0";
    }

    @Override
    boolean codesHaveMeaning() {
        return true;
    }

    @Override
    boolean bothWays() {
        return true;
    }
}
