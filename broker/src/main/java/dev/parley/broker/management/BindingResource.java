package dev.parley.broker.management;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.auth.Access;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Destination;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.VirtualHost;
import java.net.HttpURLConnection;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Bindings, including those of every queue to the default exchange. Thread-safe. */
final class BindingResource {
    /**
     * A binding as it is listed.
     *
     * @param key names it among those of the same two ends, as a path may name it
     * @param binding {@code null} if it is of the default exchange
     */
    private record Listed(
            String source,
            String destination,
            boolean toExchange,
            String routingKey,
            Map<String, @Nullable Object> arguments,
            String key,
            @Nullable Binding binding) {
        static Listed of(MessageQueue queue) {
            return new Listed("", queue.name(), false, queue.name(), Map.of(), keyOf(queue.name(), Map.of()), null);
        }

        static Listed of(Binding binding) {
            return new Listed(
                    binding.source().name(),
                    binding.destination().name(),
                    binding.destination() instanceof Exchange,
                    binding.routingKey(),
                    binding.arguments(),
                    keyOf(binding.routingKey(), binding.arguments()),
                    binding);
        }

        private static String keyOf(String routingKey, Map<String, @Nullable Object> arguments) {
            String key = escaped(routingKey).replace("~", "%7E"); // A tilde separates it from the arguments.
            if (arguments.isEmpty()) {
                return key.isEmpty() ? "~" : key;
            }
            CRC32 sum = new CRC32();
            sum.update(Json.bytes(new TreeMap<>(arguments)));
            byte[] octets = ByteBuffer.allocate(4).putInt((int) sum.getValue()).array();
            return key + "~" + Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
        }
    }

    private final ApiContext context;

    BindingResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("bindings")
                .get(
                        Right.MANAGEMENT,
                        request -> Listing.all(
                                request,
                                context.grantedHosts(request.user()).stream()
                                        .flatMap(host -> json(host, all(host)))
                                        .toList()));
        routes.at("bindings/:vhost").get(Right.VIRTUAL_HOST, request -> list(request, binding -> true));
        routes.at("bindings/:vhost/e/:source/q/:queue")
                .get(Right.VIRTUAL_HOST, request -> list(request, between(request, false)))
                .post(Right.VIRTUAL_HOST, request -> bind(request, false));
        routes.at("bindings/:vhost/e/:source/q/:queue/:properties")
                .get(Right.VIRTUAL_HOST, request -> one(request, false))
                .delete(Right.VIRTUAL_HOST, request -> unbind(request, false));
        routes.at("bindings/:vhost/e/:source/e/:destination")
                .get(Right.VIRTUAL_HOST, request -> list(request, between(request, true)))
                .post(Right.VIRTUAL_HOST, request -> bind(request, true));
        routes.at("bindings/:vhost/e/:source/e/:destination/:properties")
                .get(Right.VIRTUAL_HOST, request -> one(request, true))
                .delete(Right.VIRTUAL_HOST, request -> unbind(request, true));
        routes.at("queues/:vhost/:queue/bindings").get(Right.VIRTUAL_HOST, request -> {
            String queue = request.part("queue"); // As in RabbitMQ one that does not exist is no error.
            return list(
                    request,
                    binding -> !binding.toExchange() && binding.destination().equals(queue));
        });
        routes.at("exchanges/:vhost/:exchange/bindings/source").get(Right.VIRTUAL_HOST, request -> {
            String exchange = ApiContext.exchangeName(request, "exchange");
            return list(request, binding -> binding.source().equals(exchange));
        });
        routes.at("exchanges/:vhost/:exchange/bindings/destination").get(Right.VIRTUAL_HOST, request -> {
            String exchange = ApiContext.exchangeName(request, "exchange");
            return list(
                    request,
                    binding -> binding.toExchange() && binding.destination().equals(exchange));
        });
    }

    private static Stream<Listed> all(VirtualHost host) {
        Stream<Listed> toDefault = host.queues().stream().map(Listed::of);
        Stream<Listed> declared = host.exchanges().stream()
                .flatMap(exchange -> exchange.bindings().stream())
                .map(Listed::of);
        return Stream.concat(toDefault, declared)
                .sorted(Comparator.comparing(Listed::source)
                        .thenComparing(Listed::destination)
                        .thenComparing(Listed::routingKey)
                        .thenComparing(Listed::key));
    }

    private static Stream<Map<String, @Nullable Object>> json(VirtualHost host, Stream<Listed> bindings) {
        return bindings.map(binding -> {
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            json.put("source", binding.source());
            json.put("vhost", host.name());
            json.put("destination", binding.destination());
            json.put("destination_type", binding.toExchange() ? "exchange" : "queue");
            json.put("routing_key", binding.routingKey());
            json.put("arguments", binding.arguments());
            json.put("properties_key", binding.key());
            return json;
        });
    }

    private Response list(ApiRequest request, Predicate<Listed> selected) {
        VirtualHost host = context.virtualHost(request);
        return Listing.all(request, json(host, all(host).filter(selected)).toList());
    }

    private static String destination(ApiRequest request, boolean toExchange) {
        return toExchange ? ApiContext.exchangeName(request, "destination") : request.part("queue");
    }

    private static Predicate<Listed> between(ApiRequest request, boolean toExchange) {
        String source = ApiContext.exchangeName(request, "source");
        String destination = destination(request, toExchange);
        return binding -> binding.source().equals(source)
                && binding.destination().equals(destination)
                && binding.toExchange() == toExchange;
    }

    private Listed find(ApiRequest request, boolean toExchange) {
        // Clients put the key as they read it, or encoded once more, as a part of the path.
        String key = request.part("properties");
        return all(context.virtualHost(request))
                .filter(between(request, toExchange))
                .filter(binding -> binding.key().equals(key)
                        || URLDecoder.decode(binding.key(), StandardCharsets.UTF_8)
                                .equals(key))
                .findFirst()
                .orElseThrow(ApiException::notFound);
    }

    private Response one(ApiRequest request, boolean toExchange) {
        VirtualHost host = context.virtualHost(request);
        return Listing.one(
                request,
                json(host, Stream.of(find(request, toExchange))).toList().get(0));
    }

    /** Checks that the user may bind these two, or end that. */
    private void check(ApiRequest request, boolean toExchange) {
        String source = ApiContext.exchangeName(request, "source");
        String destination = destination(request, toExchange);
        if (source.isEmpty() || (toExchange && destination.isEmpty())) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED, "operation not permitted on the default exchange");
        }
        Access access = context.access(request);
        if (toExchange) {
            access.writeExchange(destination);
        } else {
            access.writeQueue(destination);
        }
        access.readExchange(source);
    }

    private Response bind(ApiRequest request, boolean toExchange) {
        VirtualHost host = context.virtualHost(request);
        JsonBody body = request.body();
        check(request, toExchange);
        String name = destination(request, toExchange);
        Destination destination = toExchange ? host.exchange(name) : host.queue(name);
        if (destination instanceof MessageQueue queue) {
            queue.checkUser(null);
        }
        Exchange source = host.exchange(ApiContext.exchangeName(request, "source"));
        Binding binding = new Binding(source, destination, body.text("routing_key", ""), body.arguments());
        host.bind(binding);
        String key = Listed.of(binding).key();
        return new Response(HttpURLConnection.HTTP_CREATED, null, Map.of())
                .with("Location", escaped(name) + "/" + escaped(key));
    }

    private Response unbind(ApiRequest request, boolean toExchange) {
        Listed found = find(request, toExchange);
        check(request, toExchange);
        if (found.binding() != null) {
            if (found.binding().destination() instanceof MessageQueue queue) {
                queue.checkUser(null);
            }
            context.virtualHost(request).unbind(found.binding());
        }
        return Response.noContent();
    }

    /** As RabbitMQ escapes a part of a path. */
    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
