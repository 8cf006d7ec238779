package dev.parley.interop.behaviour;

import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.RabbitMq;

@OnRabbitMq
class RabbitMqBehaviourTest extends RabbitBehaviour {
    private final RabbitMq rabbitMq;

    RabbitMqBehaviourTest(RabbitMq rabbitMq) {
        this.rabbitMq = rabbitMq;
    }

    @Override
    String listenAddress() {
        return rabbitMq.transportUrl();
    }
}
