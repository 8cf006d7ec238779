package dev.parley.oslo;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The context that OpenStack services send with their calls, as oslo.context defines it: for
 * {@code client.with(requestContext)} and {@code rpcContext.values(RequestContext.class)}. Further values of a service
 * are in {@code rpcContext.values()}. Immutable, and safe for use by any thread.
 *
 * <p>The names on the wire are those of oslo.context's {@code to_dict}. Users and projects are also sent under the
 * names of Nova, Cinder and Neutron ({@code user_id}), and read under either.
 *
 * @param requestId {@code req-} and a UUID
 * @param globalRequestId the id of the request of the service that called this one
 * @param userId the user
 * @param projectId the project the user acts in
 * @param domainId the domain the user acts in, if not in a project
 * @param userDomainId the domain of the user
 * @param projectDomainId the domain of the project
 * @param systemScope {@code all} if the user acts on the whole system
 * @param roles the roles of the user
 * @param admin whether the user is an administrator
 * @param adminProject whether the project is the administrators' project; absent means yes in Python
 * @param readOnly whether the user may only read
 * @param showDeleted whether deleted resources are shown
 * @param resourceUuid the resource that the request is about, for logs
 * @param authToken the token of the user; {@link #toString()} hides it
 */
public record RequestContext(
        @JsonProperty("request_id") @Nullable String requestId,
        @JsonProperty("global_request_id") @Nullable String globalRequestId,

        @JsonProperty("user") @JsonAlias("user_id") @Nullable
        String userId,

        @JsonProperty("project_id") @JsonAlias("tenant") @Nullable
        String projectId,

        @JsonProperty("domain") @JsonAlias("domain_id") @Nullable
        String domainId,

        @JsonProperty("user_domain") @JsonAlias("user_domain_id") @Nullable
        String userDomainId,

        @JsonProperty("project_domain") @JsonAlias("project_domain_id") @Nullable
        String projectDomainId,

        @JsonProperty("system_scope") @Nullable String systemScope,
        @JsonProperty("roles") @Nullable List<String> roles,
        @JsonProperty("is_admin") @Nullable Boolean admin,
        @JsonProperty("is_admin_project") @Nullable Boolean adminProject,
        @JsonProperty("read_only") @Nullable Boolean readOnly,
        @JsonProperty("show_deleted") @Nullable Boolean showDeleted,
        @JsonProperty("resource_uuid") @Nullable String resourceUuid,
        @JsonProperty("auth_token") @Nullable String authToken) {
    public RequestContext {
        roles = roles == null ? null : List.copyOf(roles);
    }

    /** The context of a user in a project, with nothing else set. */
    public static RequestContext of(String requestId, String userId, String projectId) {
        return new RequestContext(
                requestId, null, userId, projectId, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** A copy with this token. */
    public RequestContext withAuthToken(String token) {
        return with(roles, token);
    }

    /** A copy with these roles. */
    public RequestContext withRoles(String... names) {
        return with(List.of(names), authToken);
    }

    private RequestContext with(@Nullable List<String> newRoles, @Nullable String newToken) {
        return new RequestContext(
                requestId,
                globalRequestId,
                userId,
                projectId,
                domainId,
                userDomainId,
                projectDomainId,
                systemScope,
                newRoles,
                admin,
                adminProject,
                readOnly,
                showDeleted,
                resourceUuid,
                newToken);
    }

    /** The values on the wire: everything that is set, by name. */
    @JsonValue
    public Map<String, Object> toMap() {
        Map<String, Object> values = new LinkedHashMap<>();
        put(values, "request_id", requestId);
        put(values, "global_request_id", globalRequestId);
        put(values, "user", userId);
        put(values, "user_id", userId);
        put(values, "project_id", projectId);
        put(values, "project", projectId);
        put(values, "domain", domainId);
        put(values, "user_domain", userDomainId);
        put(values, "project_domain", projectDomainId);
        put(values, "system_scope", systemScope);
        put(values, "roles", roles);
        put(values, "is_admin", admin);
        put(values, "is_admin_project", adminProject);
        put(values, "read_only", readOnly);
        put(values, "show_deleted", showDeleted);
        put(values, "resource_uuid", resourceUuid);
        put(values, "auth_token", authToken);
        return values;
    }

    private static void put(Map<String, Object> values, String name, @Nullable Object value) {
        if (value != null) {
            values.put(name, value);
        }
    }

    /** The values, with {@code ***} for the token. */
    @Override
    public String toString() {
        Map<String, Object> values = toMap();
        values.computeIfPresent("auth_token", (name, token) -> "***");
        return "RequestContext" + values;
    }
}
