package dev.parley.broker.management;

import dev.parley.broker.definitions.Definitions;
import dev.parley.broker.definitions.Export;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.function.Consumer;

/** Export and import of definitions, of the whole broker or of a virtual host. Thread-safe. */
final class DefinitionResource {
    private final ApiContext context;

    DefinitionResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("definitions")
                .get(Right.ADMINISTRATOR, request -> Response.ok(Export.of(context.broker())))
                .post(Right.ADMINISTRATOR, request -> load(request, all -> all.load(context.broker())));
        routes.at("definitions/:vhost")
                .get(Right.ADMINISTRATOR, request -> {
                    VirtualHost host = context.broker().virtualHosts().get(request.part("vhost"));
                    if (host == null) {
                        throw ApiException.badRequest("vhost_not_found");
                    }
                    return Response.ok(Export.of(host));
                })
                .post(Right.ADMINISTRATOR, request -> {
                    VirtualHost host = context.broker().virtualHosts().get(request.part("vhost"));
                    if (host == null) {
                        throw ApiException.notFound("vhost_not_found");
                    }
                    return load(request, all -> all.load(host));
                });
    }

    private static Response load(ApiRequest request, Consumer<Definitions> loading) {
        Definitions definitions;
        try {
            definitions = Definitions.of(request.body().members());
        } catch (ApiException e) {
            throw ApiException.badRequest("failed_to_parse_json");
        }
        try {
            loading.accept(definitions);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(String.valueOf(e.getMessage()));
        }
        return Response.noContent();
    }
}
