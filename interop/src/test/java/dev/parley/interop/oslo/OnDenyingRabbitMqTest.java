package dev.parley.interop.oslo;

import dev.parley.interop.DenyingRabbitMq;
import dev.parley.interop.Peer;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Parley without options beside Python with those it needs, on a RabbitMQ that denies transient queues. */
@EnabledIfEnvironmentVariable(named = DenyingRabbitMq.VARIABLE, matches = ".+")
class OnDenyingRabbitMqTest extends OsloMessaging {
    @Override
    String url() {
        return DenyingRabbitMq.transportUrl();
    }

    @Override
    String pythonUrl() {
        return url() + "?rabbit_quorum_queue=true&rabbit_transient_quorum_queue=true";
    }

    /** The reply queues of 14 are never durable. */
    @Override
    boolean serves(Peer python) {
        return python == Peer.OSLO_MESSAGING;
    }
}
