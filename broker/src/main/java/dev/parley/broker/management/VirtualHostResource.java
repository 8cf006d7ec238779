package dev.parley.broker.management;

import dev.parley.broker.virtualhost.VirtualHost;
import dev.parley.broker.virtualhost.VirtualHostMetadata;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Virtual hosts. Thread-safe. */
final class VirtualHostResource {
    private final ApiContext context;

    VirtualHostResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("vhosts")
                .get(
                        Right.MANAGEMENT,
                        request -> Listing.paged(
                                request,
                                context.visibleHosts(request.user()).stream()
                                        .map(VirtualHostResource::json)
                                        .toList()));
        routes.at("vhosts/:vhost")
                .get(Right.ADMINISTRATOR, request -> Listing.one(request, json(context.virtualHost(request))))
                .put(Right.ADMINISTRATOR, this::put)
                .delete(Right.ADMINISTRATOR, this::delete);
        routes.at("vhosts/:vhost/start/:node").post(Right.ADMINISTRATOR, request -> {
            context.virtualHost(request); // It is always running.
            return Response.noContent();
        });
    }

    private static Map<String, @Nullable Object> json(VirtualHost host) {
        VirtualHostMetadata metadata = host.metadata();
        Map<String, @Nullable Object> described = new LinkedHashMap<>();
        described.put("description", metadata.description());
        described.put("tags", metadata.tags());
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", host.name());
        json.putAll(described);
        json.put("default_queue_type", "undefined");
        json.put("metadata", described);
        json.put("tracing", false);
        json.put("cluster_state", Map.of(ApiContext.NODE, "running"));
        json.putAll(Stats.totals(List.of(host)));
        Stats.put(json, host.counters()::get);
        return json;
    }

    private Response put(ApiRequest request) {
        JsonBody body = request.body();
        if (body.flag("tracing")) {
            return UnsupportedResource.unsupported("tracing of virtual hosts");
        }
        String name = request.part("vhost");
        boolean created = context.broker().createVirtualHost(name);
        if (created) {
            context.broker().users().grantCreator(request.user(), name);
        }
        VirtualHost host = context.virtualHost(request);
        host.metadata(new VirtualHostMetadata(
                body.text("description", host.metadata().description()),
                tags(body, host.metadata().tags())));
        return Response.created(created);
    }

    /** A list, or a string with commas; the default if there are none. */
    static List<String> tags(JsonBody body, List<String> defaultValue) {
        return switch (body.get("tags")) {
            case null -> defaultValue;
            case String text ->
                Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(tag -> !tag.isEmpty())
                        .toList();
            case List<?> list -> list.stream().map(String::valueOf).toList();
            case Object other -> throw ApiException.invalid("not_string", "tags");
        };
    }

    private Response delete(ApiRequest request) {
        if (!context.broker().deleteVirtualHost(request.part("vhost"))) {
            throw ApiException.notFound();
        }
        return Response.noContent();
    }
}
