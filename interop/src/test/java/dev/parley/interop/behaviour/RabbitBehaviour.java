package dev.parley.interop.behaviour;

import dev.parley.Target;
import java.util.UUID;

/** oslo.messaging's wire, whichever broker is behind it. */
abstract class RabbitBehaviour extends WireBehaviour {
    private final String topic = "behaviour-" + UUID.randomUUID();

    @Override
    String serverOptions() {
        return "acknowledge=after&delivery_limit=5&dead_letter_queue=dead&duplicate_window=20&multicall=true";
    }

    @Override
    Target serverTarget() {
        return Target.topic(topic).withServer("one");
    }

    @Override
    Target clientTarget() {
        return Target.topic(topic);
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
