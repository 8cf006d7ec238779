package dev.parley.broker.management;

import dev.parley.broker.definitions.Export;
import dev.parley.broker.policy.StoredPolicy;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Policies and operator policies, which only administrators change. Thread-safe. */
final class PolicyResource {
    private final ApiContext context;

    PolicyResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        register(routes, "policies", false);
        register(routes, "operator-policies", true);
    }

    private void register(Routes routes, String path, boolean ofOperator) {
        Right change = ofOperator ? Right.ADMINISTRATOR : Right.POLICY_MAKER;
        routes.at(path)
                .get(
                        Right.POLICY_MAKER,
                        request -> Listing.all(request, list(context.grantedHosts(request.user()), ofOperator)));
        routes.at(path + "/:vhost")
                .get(
                        Right.POLICY_MAKER,
                        request -> Listing.all(request, list(List.of(context.virtualHost(request)), ofOperator)));
        routes.at(path + "/:vhost/:name")
                .get(Right.POLICY_MAKER, request -> Listing.one(request, one(request, ofOperator)))
                .put(change, request -> put(request, ofOperator))
                .delete(change, request -> delete(request, ofOperator));
    }

    private static List<Map<String, @Nullable Object>> list(List<VirtualHost> hosts, boolean ofOperator) {
        return hosts.stream().flatMap(host -> all(host, ofOperator)).toList();
    }

    private static Stream<Map<String, @Nullable Object>> all(VirtualHost host, boolean ofOperator) {
        return host.policies().all(ofOperator).stream().map(policy -> Export.policy(host, policy));
    }

    private Map<String, @Nullable Object> one(ApiRequest request, boolean ofOperator) {
        VirtualHost host = context.virtualHost(request);
        StoredPolicy policy = host.policies().find(request.part("name"), ofOperator);
        if (policy == null) {
            throw ApiException.notFound();
        }
        return Export.policy(host, policy);
    }

    private Response put(ApiRequest request, boolean ofOperator) {
        VirtualHost host = context.broker().virtualHosts().get(request.part("vhost"));
        if (host == null) {
            throw ApiException.notFound("vhost_not_found");
        }
        JsonBody body = request.body().require("pattern", "definition");
        StoredPolicy policy;
        try {
            policy = StoredPolicy.of(request.part("name"), body.members(), ofOperator);
        } catch (IllegalArgumentException e) {
            String reason = "Validation failed\n\n" + e.getMessage() + "\n";
            // RabbitMQ 3.10 escapes one of the two for HTML.
            throw ApiException.badRequest(
                    ofOperator ? reason : reason.replace("<", "&lt;").replace(">", "&gt;"));
        }
        return Response.created(!host.setPolicy(policy));
    }

    private Response delete(ApiRequest request, boolean ofOperator) {
        if (!context.virtualHost(request).removePolicy(request.part("name"), ofOperator)) {
            throw ApiException.notFound();
        }
        return Response.noContent();
    }
}
