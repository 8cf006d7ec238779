package dev.parley.broker.management;

import dev.parley.broker.auth.PasswordHash;
import dev.parley.broker.auth.User;
import dev.parley.broker.auth.Users;
import dev.parley.broker.definitions.Export;
import java.util.List;

/** Users that have a password here; those that a login check lets in are not listed. Thread-safe. */
final class UserResource {
    private final ApiContext context;

    UserResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("users").get(Right.ADMINISTRATOR, request -> list(request, users().all()));
        routes.at("users/without-permissions")
                .get(
                        Right.ADMINISTRATOR,
                        request -> list(
                                request,
                                users().all().stream()
                                        .filter(user -> user.grants().isEmpty())
                                        .toList()));
        routes.at("users/bulk-delete").post(Right.ADMINISTRATOR, this::deleteAll);
        routes.at("users/:user")
                .get(Right.ADMINISTRATOR, request -> Listing.one(request, Export.user(find(request))))
                .put(Right.ADMINISTRATOR, this::put)
                .delete(Right.ADMINISTRATOR, this::delete);
    }

    private Users users() {
        return context.broker().users();
    }

    private static Response list(ApiRequest request, List<User> users) {
        return Listing.all(request, users.stream().map(Export::user).toList());
    }

    private User find(ApiRequest request) {
        User user = users().find(request.part("user"));
        if (user == null) {
            throw ApiException.notFound();
        }
        return user;
    }

    private Response put(ApiRequest request) {
        JsonBody body = request.body();
        if (!body.has("tags")) {
            throw ApiException.badRequest("tags_not_present");
        }
        List<String> tags = VirtualHostResource.tags(body, List.of());
        return Response.created(users().put(request.part("user"), password(body), tags));
    }

    /** As in RabbitMQ no password is none, with which nobody can log in. */
    private static PasswordHash password(JsonBody body) {
        if (body.has("password") && body.has("password_hash")) {
            throw ApiException.badRequest("both_password_and_password_hash_are_provided");
        }
        if (body.has("password")) {
            String password = body.text("password", "");
            return password.isEmpty() ? PasswordHash.none() : PasswordHash.of(password);
        }
        String hash = body.text("password_hash", "");
        String algorithm = body.text("hashing_algorithm", PasswordHash.SHA256);
        if (!PasswordHash.isAlgorithm(algorithm)) {
            throw ApiException.invalid("unknown_hashing_algorithm", algorithm);
        }
        try {
            return PasswordHash.parse(algorithm, hash);
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid("not_base64", hash);
        }
    }

    private Response delete(ApiRequest request) {
        if (!context.broker().deleteUser(request.part("user"))) {
            throw ApiException.notFound();
        }
        return Response.noContent();
    }

    private Response deleteAll(ApiRequest request) {
        if (!(request.body().require("users").get("users") instanceof List<?> names)) {
            throw ApiException.badRequest("users must be a list of names");
        }
        // All or none, as far as they exist now.
        for (Object name : names) {
            if (users().find(String.valueOf(name)) == null) {
                throw ApiException.invalid("no_such_user", String.valueOf(name));
            }
        }
        names.forEach(name -> context.broker().deleteUser(String.valueOf(name)));
        return Response.noContent();
    }
}
