package dev.parley.broker.management;

import dev.parley.broker.auth.Grant;
import dev.parley.broker.auth.User;
import dev.parley.broker.auth.Users;
import dev.parley.broker.definitions.Export;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What users may do in virtual hosts. A change reaches connections that are opened afterwards. There are no topic
 * permissions. Thread-safe.
 */
final class PermissionResource {
    private final ApiContext context;

    PermissionResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("permissions").get(Right.ADMINISTRATOR, request -> Listing.all(request, all(user -> true, null)));
        routes.at("permissions/:vhost/:user")
                .get(Right.ADMINISTRATOR, request -> Listing.one(request, one(request)))
                .put(Right.ADMINISTRATOR, this::put)
                .delete(Right.ADMINISTRATOR, this::delete);
        routes.at("users/:user/permissions").get(Right.ADMINISTRATOR, request -> {
            String name = find(request).name();
            return Listing.all(request, all(user -> user.name().equals(name), null));
        });
        routes.at("vhosts/:vhost/permissions")
                .get(
                        Right.ADMINISTRATOR,
                        request -> Listing.all(
                                request,
                                all(user -> true, context.virtualHost(request).name())));
        routes.at("topic-permissions").get(Right.ADMINISTRATOR, request -> Response.ok(List.of()));
        routes.at("topic-permissions/:vhost/:user")
                .get(Right.ADMINISTRATOR, request -> {
                    context.virtualHost(request);
                    find(request);
                    return Response.ok(List.of());
                })
                .put(Right.ADMINISTRATOR, request -> UnsupportedResource.unsupported("topic permissions"))
                .delete(Right.ADMINISTRATOR, request -> UnsupportedResource.unsupported("topic permissions"));
        routes.at("users/:user/topic-permissions").get(Right.ADMINISTRATOR, request -> {
            find(request);
            return Response.ok(List.of());
        });
        routes.at("vhosts/:vhost/topic-permissions").get(Right.ADMINISTRATOR, request -> {
            context.virtualHost(request);
            return Response.ok(List.of());
        });
    }

    private Users users() {
        return context.broker().users();
    }

    private User find(ApiRequest request) {
        User user = users().find(request.part("user"));
        if (user == null) {
            throw ApiException.notFound();
        }
        return user;
    }

    private List<Map<String, @Nullable Object>> all(Predicate<User> users, @Nullable String virtualHost) {
        return users().all().stream()
                .filter(users)
                .flatMap(user -> new TreeMap<>(user.grants())
                        .entrySet().stream()
                                .filter(grant -> virtualHost == null || virtualHost.equals(grant.getKey()))
                                .map(grant -> Export.permission(user.name(), grant.getKey(), grant.getValue())))
                .toList();
    }

    private Map<String, @Nullable Object> one(ApiRequest request) {
        User user = find(request);
        String virtualHost = context.virtualHost(request).name();
        Grant grant = user.grants().get(virtualHost);
        if (grant == null) {
            throw ApiException.notFound();
        }
        return Export.permission(user.name(), virtualHost, grant);
    }

    private Response put(ApiRequest request) {
        JsonBody body = request.body().require("configure", "write", "read");
        String virtualHost = request.part("vhost");
        Grant grant = Grant.of(expression(body, "configure"), expression(body, "write"), expression(body, "read"));
        Boolean added = context.broker().virtualHosts().containsKey(virtualHost)
                ? users().grant(request.part("user"), virtualHost, grant)
                : null;
        if (!context.broker().virtualHosts().containsKey(virtualHost)) {
            // Deleted meanwhile: one that is created under this name later must not have this grant.
            users().revokeAll(virtualHost);
            added = null;
        }
        if (added == null) {
            throw ApiException.badRequest("vhost_or_user_not_found");
        }
        return Response.created(added);
    }

    private static String expression(JsonBody body, String name) {
        String expression = body.text(name, "");
        try {
            Grant.of(expression, "", "");
            return expression;
        } catch (PatternSyntaxException e) {
            throw ApiException.badRequest(List.of("invalid_regexp", expression, e.getDescription()));
        }
    }

    private Response delete(ApiRequest request) {
        one(request);
        users().grant(request.part("user"), request.part("vhost"), null);
        return Response.noContent();
    }
}
