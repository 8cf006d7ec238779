package dev.parley.broker.management;

import dev.parley.broker.auth.Access;
import dev.parley.broker.auth.Grant;
import dev.parley.broker.auth.User;
import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * What the resources of the management API share: the broker, and finding in it what a path names. Immutable.
 *
 * @param host the host that the broker listens on
 * @param amqpPort the port for AMQP
 * @param managementPort the port of the management API
 * @param encrypted whether AMQP uses TLS
 */
record ApiContext(BrokerCore broker, String host, int amqpPort, IntSupplier managementPort, boolean encrypted) {
    /** The name of the only node. */
    static final String NODE = "parley@localhost";
    /** The exchange without a name, as paths have to name it. */
    static final String DEFAULT_EXCHANGE = "amq.default";

    /** The virtual hosts that a user sees, by name: monitors all, others those with permissions. */
    List<VirtualHost> visibleHosts(User user) {
        return hosts(user, user.isMonitor());
    }

    /** The virtual hosts whose queues and exchanges a user sees in lists of several, by name. */
    List<VirtualHost> grantedHosts(User user) {
        return hosts(user, user.isAdministrator());
    }

    private List<VirtualHost> hosts(User user, boolean all) {
        return broker.virtualHosts().values().stream()
                .filter(host -> all || user.grants().containsKey(host.name()))
                .sorted(Comparator.comparing(VirtualHost::name))
                .toList();
    }

    /** The virtual host that the path names as {@code vhost}. */
    VirtualHost virtualHost(ApiRequest request) {
        VirtualHost host = broker.virtualHosts().get(request.part("vhost"));
        if (host == null) {
            throw ApiException.notFound();
        }
        return host;
    }

    /** The queue that the path names as {@code queue}. */
    MessageQueue queue(ApiRequest request) {
        MessageQueue queue = virtualHost(request).findQueue(request.part("queue"));
        if (queue == null) {
            throw ApiException.notFound();
        }
        return queue;
    }

    /** The name of the exchange that a part of the path names. */
    static String exchangeName(ApiRequest request, String part) {
        String name = request.part(part);
        return name.equals(DEFAULT_EXCHANGE) ? "" : name;
    }

    /** The exchange that the path names as {@code exchange}. */
    Exchange exchange(ApiRequest request) {
        Exchange exchange = virtualHost(request).findExchange(exchangeName(request, "exchange"));
        if (exchange == null) {
            throw ApiException.notFound();
        }
        return exchange;
    }

    /** What the user may do in the virtual host that the path names. */
    Access access(ApiRequest request) {
        String host = virtualHost(request).name();
        return new Access(request.user(), request.user().grants().getOrDefault(host, Grant.NONE), host);
    }
}
