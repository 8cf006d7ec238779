package dev.parley.interop.behaviour;

class ZerorpcBehaviourTest extends WireBehaviour {
    @Override
    String serverOptions() {
        return "backlog=10&window=10&heartbeat=3";
    }

    @Override
    String listenAddress() {
        return "zerorpc+tcp://127.0.0.1:0";
    }

    @Override
    boolean carriesContext() {
        return true;
    }
}
