package dev.parley.interop.oslo;

import dev.parley.interop.DenyingRabbitMq;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Parley without options beside Python with the one it needs, on a RabbitMQ that denies transient queues. */
@EnabledIfEnvironmentVariable(named = DenyingRabbitMq.VARIABLE, matches = ".+")
class PythonNotifiesOnDenyingRabbitMqTest extends PythonNotifies {
    @Override
    String url() {
        return DenyingRabbitMq.transportUrl();
    }

    @Override
    String pythonUrl() {
        // There are no reply queues, so 14, which knows but this option, works as well.
        return url() + "?rabbit_quorum_queue=true";
    }
}
