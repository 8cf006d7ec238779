package dev.parley.broker.management;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.auth.Access;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.exchange.ExchangeSettings;
import dev.parley.broker.exchange.ExchangeType;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Exchanges, and publishing to them. Thread-safe. */
final class ExchangeResource {
    private final ApiContext context;
    private final Publisher publisher;

    ExchangeResource(ApiContext context) {
        this.context = context;
        this.publisher = new Publisher(context);
    }

    void register(Routes routes) {
        routes.at("exchanges")
                .get(Right.MANAGEMENT, request -> Listing.paged(request, list(context.grantedHosts(request.user()))));
        routes.at("exchanges/:vhost")
                .get(
                        Right.VIRTUAL_HOST,
                        request -> Listing.paged(request, list(List.of(context.virtualHost(request)))));
        routes.at("exchanges/:vhost/:exchange")
                .get(Right.VIRTUAL_HOST, this::one)
                .put(Right.VIRTUAL_HOST, this::declare)
                .delete(Right.VIRTUAL_HOST, this::delete);
        routes.at("exchanges/:vhost/:exchange/publish").post(Right.VIRTUAL_HOST, publisher::publish);
    }

    private static List<Map<String, @Nullable Object>> list(List<VirtualHost> hosts) {
        return hosts.stream()
                .flatMap(host -> host.exchanges().stream()
                        .sorted(Comparator.comparing(Exchange::name))
                        .map(exchange -> json(host, exchange)))
                .toList();
    }

    private static Map<String, @Nullable Object> json(VirtualHost host, Exchange exchange) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", exchange.name());
        json.put("vhost", host.name());
        json.put("type", exchange.type().text());
        json.put("durable", exchange.settings().durable());
        json.put("auto_delete", exchange.settings().autoDelete());
        json.put("internal", exchange.settings().internal());
        json.put("arguments", exchange.settings().arguments());
        if (exchange.policies().policy() != null) {
            json.put("policy", exchange.policies().policy());
        }
        if (exchange.type() == ExchangeType.DELAYED) {
            json.put("messages_delayed", host.delayedCount(exchange));
        }
        if (exchange.publishedIn() > 0) {
            Map<String, @Nullable Object> stats = new LinkedHashMap<>();
            stats.put("publish_in", exchange.publishedIn());
            stats.put("publish_out", exchange.publishedOut());
            json.put("message_stats", stats);
        }
        return json;
    }

    private Response one(ApiRequest request) {
        Map<String, @Nullable Object> json = json(context.virtualHost(request), context.exchange(request));
        json.put("incoming", List.of());
        json.put("outgoing", List.of());
        return Listing.one(request, json);
    }

    private Response declare(ApiRequest request) {
        VirtualHost host = virtualHost(request);
        JsonBody body = request.body();
        String name = ApiContext.exchangeName(request, "exchange");
        checkNotDefault(name);
        Access access = context.access(request);
        access.configureExchange(name);
        Map<String, @Nullable Object> arguments = body.arguments();
        if (arguments.get("alternate-exchange") instanceof String alternate) {
            access.readExchange(name);
            access.writeExchange(alternate);
        }
        boolean isNew = host.findExchange(name) == null;
        host.declareExchange(
                name,
                body.text("type", ExchangeType.DIRECT.text()),
                new ExchangeSettings(body.flag("durable"), body.flag("auto_delete"), body.flag("internal"), arguments));
        return Response.created(isNew);
    }

    private static void checkNotDefault(String name) {
        if (name.isEmpty()) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED, "operation not permitted on the default exchange");
        }
    }

    /** The virtual host to declare in, which a declaration misses otherwise than a path. */
    private VirtualHost virtualHost(ApiRequest request) {
        if (!context.broker().virtualHosts().containsKey(request.part("vhost"))) {
            throw ApiException.notFound("vhost_not_found");
        }
        return context.virtualHost(request);
    }

    private Response delete(ApiRequest request) {
        VirtualHost host = context.virtualHost(request);
        String name = context.exchange(request).name();
        checkNotDefault(name);
        context.access(request).configureExchange(name);
        host.deleteExchange(name, request.flag("if-unused"));
        return Response.noContent();
    }
}
