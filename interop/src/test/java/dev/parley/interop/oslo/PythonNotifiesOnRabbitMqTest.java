package dev.parley.interop.oslo;

import dev.parley.interop.OnEachRabbitMq;
import dev.parley.interop.RabbitMq;

/** On real RabbitMQs. */
@OnEachRabbitMq
class PythonNotifiesOnRabbitMqTest extends PythonNotifies {
    private final RabbitMq rabbit;

    PythonNotifiesOnRabbitMqTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    @Override
    String url() {
        return rabbit.transportUrl();
    }

    @Override
    String pythonUrl() {
        // There are no reply queues, so 14, which knows but this option, works as well.
        return rabbit.transportUrl() + (rabbit.denies() ? "?rabbit_quorum_queue=true" : "");
    }
}
