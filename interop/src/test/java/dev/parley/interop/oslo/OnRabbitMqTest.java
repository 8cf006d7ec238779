package dev.parley.interop.oslo;

import dev.parley.interop.OnEachRabbitMq;
import dev.parley.interop.Peer;
import dev.parley.interop.RabbitMq;

/** On real RabbitMQs. */
@OnEachRabbitMq
class OnRabbitMqTest extends OsloMessaging {
    private final RabbitMq rabbit;

    OnRabbitMqTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    @Override
    String url() {
        return rabbit.transportUrl();
    }

    @Override
    String pythonUrl() {
        return rabbit.urlForPython();
    }

    /** The reply queues of 14 are never durable. */
    @Override
    boolean serves(Peer python) {
        return !rabbit.denies() || python == Peer.OSLO_MESSAGING;
    }
}
