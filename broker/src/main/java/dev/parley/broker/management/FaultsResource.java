package dev.parley.broker.management;

import dev.parley.broker.connection.BrokerFaults;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The faults that tests of clients ask for: not a part of RabbitMQ's API, and so below {@code parley/}. Thread-safe.
 */
final class FaultsResource {
    private static final double NANOS = 1e9;
    private static final long MAX_DELAY_SECONDS = 86_400;

    private final BrokerFaults faults;

    FaultsResource(ApiContext context) {
        this.faults = context.broker().faults();
    }

    void register(Routes routes) {
        routes.at("parley/faults")
                .get(Right.ADMINISTRATOR, request -> Response.ok(state()))
                .put(Right.ADMINISTRATOR, this::set)
                .delete(Right.ADMINISTRATOR, request -> {
                    faults.clear();
                    return Response.noContent();
                });
        routes.at("parley/faults/drop-connections")
                .post(
                        Right.ADMINISTRATOR,
                        request -> Response.ok(Map.of("connections", faults.dropConnections(connection -> true))));
        routes.at("parley/faults/stall-channels")
                .post(Right.ADMINISTRATOR, request -> Response.ok(Map.of("channels", faults.stallChannels())));
    }

    private Map<String, Object> state() {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("refuse_connections", faults.isRefusing());
        state.put("stop_reading", faults.isNotReading());
        state.put("memory_alarm", faults.isMemoryAlarm());
        state.put("delay", faults.delay().toNanos() / NANOS);
        state.put("cut_after_receiving", faults.cutAfterReceiving());
        state.put("cut_after_sending", faults.cutAfterSending());
        state.put("lose_confirms", faults.confirms().lost());
        state.put("duplicate_confirms", faults.confirms().duplicated());
        return state;
    }

    /** Sets what the body names, all or nothing. */
    private Response set(ApiRequest request) {
        JsonBody body = request.body();
        Map<String, Object> known = state();
        for (String name : body.members().keySet()) {
            if (!known.containsKey(name)) {
                throw ApiException.badRequest(
                        "unknown fault '" + name + "'; known: " + String.join(", ", known.keySet()));
            }
        }
        boolean refuse = body.flag("refuse_connections");
        boolean stop = body.flag("stop_reading");
        boolean alarm = body.flag("memory_alarm");
        Duration delay = body.has("delay") ? delay(body) : Duration.ZERO;
        long receiving = count(body, "cut_after_receiving", Long.MAX_VALUE);
        long sending = count(body, "cut_after_sending", Long.MAX_VALUE);
        int lost = (int) count(body, "lose_confirms", Integer.MAX_VALUE);
        int duplicated = (int) count(body, "duplicate_confirms", Integer.MAX_VALUE);
        set(body, "refuse_connections", () -> faults.refuseConnections(refuse));
        set(body, "stop_reading", () -> faults.stopReading(stop));
        set(body, "memory_alarm", () -> faults.memoryAlarm(alarm));
        set(body, "delay", () -> faults.delay(delay));
        set(body, "cut_after_receiving", () -> faults.cutAfterReceiving(receiving));
        set(body, "cut_after_sending", () -> faults.cutAfterSending(sending));
        set(body, "lose_confirms", () -> faults.confirms().lose(lost));
        set(body, "duplicate_confirms", () -> faults.confirms().duplicate(duplicated));
        return Response.ok(state());
    }

    private static void set(JsonBody body, String name, Runnable action) {
        if (body.has(name)) {
            action.run();
        }
    }

    private static Duration delay(JsonBody body) {
        if (body.get("delay") instanceof Number seconds
                && seconds.doubleValue() >= 0
                && seconds.doubleValue() <= MAX_DELAY_SECONDS) {
            return Duration.ofNanos(Math.round(seconds.doubleValue() * NANOS));
        }
        throw ApiException.badRequest("delay must be a number of seconds from 0 to " + MAX_DELAY_SECONDS);
    }

    private static long count(JsonBody body, String name, long max) {
        if (!body.has(name)) {
            return 0;
        }
        long count = body.integer(name);
        if (count < 0 || count > max) {
            throw ApiException.badRequest(name + " must be from 0 to " + max);
        }
        return count;
    }
}
