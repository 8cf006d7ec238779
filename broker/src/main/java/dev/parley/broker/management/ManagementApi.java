package dev.parley.broker.management;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.auth.User;
import dev.parley.broker.management.Routes.Action;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The management API: finds the route of a request, checks the right of its user, and puts errors as RabbitMQ does.
 * Each family of paths is a resource of its own, which registers its routes here. Thread-safe.
 */
final class ManagementApi {
    private final ApiContext context;
    private final Routes routes = new Routes();

    /** Creates it with all resources. */
    ManagementApi(ApiContext context) {
        this.context = context;
        new OverviewResource(context).register(routes);
        new NodeResource(context).register(routes);
        new HealthResource(context).register(routes);
        new VirtualHostResource(context).register(routes);
        new UserResource(context).register(routes);
        new PermissionResource(context).register(routes);
        new ConnectionResource(context).register(routes);
        new ChannelResource(context).register(routes);
        new ConsumerResource(context).register(routes);
        new ExchangeResource(context).register(routes);
        new QueueResource(context).register(routes);
        new QueueMessagesResource(context).register(routes);
        new BindingResource(context).register(routes);
        new FaultsResource(context).register(routes);
        new PolicyResource(context).register(routes);
        new DefinitionResource(context).register(routes);
        // The last, since the first route that matches is taken.
        new UnsupportedResource().register(routes);
    }

    /** The route of a path after {@code /api/}; its error tells if there is none. */
    Routes.Match route(List<String> path) {
        Routes.Match match = routes.find(path);
        if (match == null) {
            throw ApiException.notFound();
        }
        return match;
    }

    /** Responds to what needs no login: how a path can be called. {@code null} if it goes on. */
    static @Nullable Response beforeLogin(Routes.Match match, String method) {
        if (method.equals("OPTIONS")) {
            return new Response(
                    HttpURLConnection.HTTP_OK,
                    null,
                    Map.of("Allow", match.route().allowed()));
        }
        if (match.route().action(method) == null) {
            return new Response(
                    HttpURLConnection.HTTP_BAD_METHOD,
                    null,
                    Map.of("Allow", match.route().allowed()));
        }
        return null;
    }

    /** Responds to a request of a user who has logged in. */
    Response respond(Action action, ApiRequest request) {
        try {
            check(action.right(), request);
            return action.handler().handle(request);
        } catch (ApiException e) {
            return e.response();
        } catch (AmqpException e) {
            return refused(e).response();
        }
    }

    private void check(Right right, ApiRequest request) {
        User user = request.user();
        if (!user.isManager()) {
            throw ApiException.notAuthorized("Not management user");
        }
        String host = request.parameters().get("vhost");
        boolean granted = host == null
                || user.isAdministrator()
                || user.grants().containsKey(host)
                || !context.broker().virtualHosts().containsKey(host);
        String refusal = switch (right) {
            case MANAGEMENT -> null;
            case VIRTUAL_HOST -> granted ? null : "User not authorised to access virtual host";
            case POLICY_MAKER -> granted && user.isPolicyMaker() ? null : "User not authorised to access object";
            case MONITORING -> user.isMonitor() ? null : "Not monitor user";
            case ADMINISTRATOR -> user.isAdministrator() ? null : "Not administrator user";
        };
        if (refusal != null) {
            throw ApiException.notAuthorized(refusal);
        }
    }

    /** What the broker refuses to a call that does something itself, such as a declaration. */
    private static ApiException refused(AmqpException e) {
        return switch (e.code()) {
            case NOT_FOUND -> ApiException.notFound(e.text());
            case ACCESS_REFUSED -> ApiException.notAuthorized("Access refused.");
            default -> ApiException.badRequest(e.text());
        };
    }

    /** What the broker refuses to a call that opens a channel for it, such as getting a message. */
    static ApiException refusedByChannel(AmqpException e) {
        // As RabbitMQ does, an error that closes the connection is told without its name.
        String text = e.isHard() ? e.text() : e.replyText();
        return switch (e.code()) {
            case NOT_FOUND -> ApiException.notFound(text);
            case ACCESS_REFUSED -> ApiException.notAuthorized(text);
            default -> ApiException.badRequest(e.code().code() + " " + text);
        };
    }

    /** The same of a call that publishes. */
    static ApiException refusedByPublishing(AmqpException e) {
        return ApiException.badRequest(e.code().code() + " " + e.replyText());
    }
}
