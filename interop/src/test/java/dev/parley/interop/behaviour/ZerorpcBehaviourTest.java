package dev.parley.interop.behaviour;

class ZerorpcBehaviourTest extends WireBehaviour {
    @Override
    String listenAddress() {
        return "zerorpc+tcp://127.0.0.1:0";
    }

    @Override
    boolean carriesContext() {
        return true;
    }
}
