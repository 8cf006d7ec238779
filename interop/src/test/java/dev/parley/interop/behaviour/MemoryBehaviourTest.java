package dev.parley.interop.behaviour;

import dev.parley.Target;

class MemoryBehaviourTest extends WireBehaviour {
    @Override
    String serverOptions() {
        return "acknowledge=after&delivery_limit=5&dead_letter_queue=dead&duplicate_window=20&multicall=true";
    }

    @Override
    String listenAddress() {
        return "memory://behaviour";
    }

    @Override
    Target serverTarget() {
        return Target.topic("behaviour").withServer("one");
    }

    @Override
    Target clientTarget() {
        return Target.topic("behaviour");
    }

    @Override
    boolean carriesContext() {
        return true;
    }

    @Override
    boolean introspects() {
        return false;
    }

    @Override
    boolean named() {
        return true;
    }
}
