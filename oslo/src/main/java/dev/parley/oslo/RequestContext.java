package dev.parley.oslo;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The context that OpenStack services send with their calls, as oslo.context has it: for {@code client.with(requestContext)} and
 * {@code rpcContext.values(RequestContext.class)}. What a service adds to it stays in {@code rpcContext.values()}. Immutable.
 *
 * @param requestId {@code req-} and a UUID, the same through all services of one request
 * @param globalRequestId the request of the service that called this one
 * @param userId the user
 * @param projectId the project he acts in
 * @param domainId the domain he acts in, if no project
 * @param userDomainId the domain of the user
 * @param projectDomainId the domain of the project
 * @param roles what he may be
 * @param admin whether he is an administrator
 * @param readOnly whether he may read only
 * @param showDeleted whether deleted things are shown to him
 * @param authToken his token; never in {@link #toString()}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RequestContext(
        @JsonProperty("request_id") @Nullable String requestId,
        @JsonProperty("global_request_id") @Nullable String globalRequestId,
        @JsonProperty("user_id") @Nullable String userId,
        @JsonProperty("project_id") @Nullable String projectId,
        @JsonProperty("domain_id") @Nullable String domainId,
        @JsonProperty("user_domain_id") @Nullable String userDomainId,
        @JsonProperty("project_domain_id") @Nullable String projectDomainId,
        @JsonProperty("roles") @Nullable List<String> roles,
        @JsonProperty("is_admin") @Nullable Boolean admin,
        @JsonProperty("read_only") @Nullable Boolean readOnly,
        @JsonProperty("show_deleted") @Nullable Boolean showDeleted,
        @JsonProperty("auth_token") @Nullable String authToken) {
    public RequestContext {
        roles = roles == null ? null : List.copyOf(roles);
    }

    /** Of a user in a project, with nothing else set. */
    public static RequestContext of(String requestId, String userId, String projectId) {
        return new RequestContext(requestId, null, userId, projectId, null, null, null, null, null, null, null, null);
    }

    /** The same with a token. */
    public RequestContext withAuthToken(String token) {
        return new RequestContext(
                requestId,
                globalRequestId,
                userId,
                projectId,
                domainId,
                userDomainId,
                projectDomainId,
                roles,
                admin,
                readOnly,
                showDeleted,
                token);
    }

    /** The same with roles. */
    public RequestContext withRoles(String... names) {
        return new RequestContext(
                requestId,
                globalRequestId,
                userId,
                projectId,
                domainId,
                userDomainId,
                projectDomainId,
                List.of(names),
                admin,
                readOnly,
                showDeleted,
                authToken);
    }

    /** Everything but the token. */
    @Override
    public String toString() {
        return "RequestContext[requestId=" + requestId + ", userId=" + userId + ", projectId=" + projectId + ", roles="
                + roles + ", authToken=" + (authToken == null ? "none" : "***") + "]";
    }
}
