package dev.parley.oslo.notify.bridge;

import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.bridge.log.ProgramName;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A servlet filter that publishes a notification for each request, {@code http.request}, and one for its response,
 * {@code http.response}, both at priority info: the counterpart of oslo.messaging's {@code RequestNotifier}.
 *
 * <p>The payload's member {@code request} has the variables of CGI, such as {@code REQUEST_METHOD}, {@code PATH_INFO},
 * {@code QUERY_STRING} and {@code HTTP_USER_AGENT}, and {@code HTTP_X_SERVICE_NAME}. That of a response has {@code
 * response} too, with {@code status} and {@code headers}, or {@code exception}, with {@code value} and {@code
 * traceback}, if the rest of the chain throws. Headers with credentials are left out, and the values of query parameters
 * with names such as {@code token} or {@code password} are replaced by {@code ***}.
 *
 * <p>A program makes a filter with {@link #builder}. In {@code web.xml} it has the parameters {@code address}
 * (required), {@code publisher_id}, {@code topics}, {@code service_name}, {@code ignore_req_list} and {@code
 * drop_headers}, lists with commas; it then has a notifier of its own, which {@link #destroy} closes. Publishing never
 * blocks or fails a request. Thread-safe.
 */
public final class RequestNotificationFilter implements Filter {
    private static final Logger log = LoggerFactory.getLogger(RequestNotificationFilter.class);

    private static final Set<String> PARAMETERS = new TreeSet<>(
            Set.of("address", "publisher_id", "topics", "service_name", "ignore_req_list", "drop_headers"));

    private @Nullable Notifier notifier;
    private @Nullable Notifier ownNotifier;
    private @Nullable String serviceName;
    private Set<String> ignoredMethods;
    private Set<String> droppedHeaders;

    /** A filter that {@link #init} configures; the servlet container calls this. */
    public RequestNotificationFilter() {
        ignoredMethods = Set.of();
        droppedHeaders = RequestMembers.CREDENTIALS;
    }

    private RequestNotificationFilter(Builder builder) {
        notifier = builder.notifier;
        serviceName = builder.serviceName;
        ignoredMethods = builder.ignoredMethods;
        droppedHeaders = builder.droppedHeaders;
    }

    /** A new builder of a filter that publishes through this notifier, and does not close it. */
    public static Builder builder(Notifier notifier) {
        return new Builder(notifier);
    }

    /**
     * Reads the parameters, unless the filter was built by a {@link Builder}.
     *
     * @throws ServletException if {@code address} is missing or unusable, or a parameter is unknown
     */
    @Override
    public void init(FilterConfig config) throws ServletException {
        if (notifier != null) {
            return;
        }
        for (String name : Collections.list(config.getInitParameterNames())) {
            if (!PARAMETERS.contains(name)) {
                throw new ServletException("filter " + config.getFilterName() + ": unknown parameter " + name
                        + "; it has " + String.join(", ", PARAMETERS));
            }
        }
        String address = config.getInitParameter("address");
        if (address == null || address.isBlank()) {
            throw new ServletException(
                    "filter " + config.getFilterName() + ": parameter address is missing; it must be a transport URL");
        }
        serviceName = config.getInitParameter("service_name");
        ignoredMethods = RequestMembers.lowerCase(RequestMembers.split(config.getInitParameter("ignore_req_list")));
        String dropped = config.getInitParameter("drop_headers");
        if (dropped != null) {
            droppedHeaders = RequestMembers.lowerCase(RequestMembers.split(dropped));
        }
        String publisherId = config.getInitParameter("publisher_id");
        try {
            Notifier.Builder builder = Notifier.builder(address.strip())
                    .publisherId(publisherId == null ? ProgramName.get() : publisherId);
            String topics = config.getInitParameter("topics");
            if (topics != null) {
                builder.topics(
                        RequestMembers.split(topics).stream().map(String::strip).toArray(String[]::new));
            }
            ownNotifier = builder.build();
            notifier = ownNotifier;
        } catch (RuntimeException e) {
            throw new ServletException("filter " + config.getFilterName() + ": " + e.getMessage(), e);
        }
    }

    /** Closes the notifier if it is the filter's own. */
    @Override
    public void destroy() {
        Notifier own = ownNotifier;
        if (own != null) {
            own.close();
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Notifier target = notifier;
        if (target == null
                || !(request instanceof HttpServletRequest http)
                || !(response instanceof HttpServletResponse httpResponse)
                || request.getDispatcherType() != DispatcherType.REQUEST // A forward or an error page.
                || ignoredMethods.contains(http.getMethod().toLowerCase(Locale.ROOT))) {
            chain.doFilter(request, response);
            return;
        }
        // Read now: the container may reuse the request before an asynchronous response is complete.
        Map<String, Object> members = requestMembers(http);
        publish(target, "http.request", Map.of("request", members));
        try {
            chain.doFilter(request, response);
        } catch (Throwable e) {
            publish(
                    target,
                    "http.response",
                    Map.of("request", members, "exception", RequestMembers.exception(cause(e))));
            throw e;
        }
        if (!request.isAsyncStarted()) {
            publishResponse(target, members, httpResponse, null);
            return;
        }
        try {
            request.getAsyncContext().addListener(new Completion(target, members, httpResponse));
        } catch (IllegalStateException e) { // It was completed in the meantime.
            publishResponse(target, members, httpResponse, null);
        }
    }

    /** Publishes the response of an asynchronous request, once. */
    private final class Completion implements AsyncListener {
        private final Notifier target;
        private final Map<String, Object> members;
        private final HttpServletResponse response;
        private final AtomicBoolean done = new AtomicBoolean();
        private volatile @Nullable Throwable error;

        Completion(Notifier target, Map<String, Object> members, HttpServletResponse response) {
            this.target = target;
            this.members = members;
            this.response = response;
        }

        @Override
        public void onComplete(AsyncEvent event) {
            if (done.compareAndSet(false, true)) {
                publishResponse(target, members, response, error);
            }
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {
            error = event.getThrowable();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // A dispatch that starts anew forgets its listeners.
            event.getAsyncContext().addListener(this);
        }
    }

    private void publishResponse(
            Notifier target, Map<String, Object> members, HttpServletResponse response, @Nullable Throwable error) {
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("request", members);
        try {
            payload.put(
                    "response",
                    Map.of("status", StatusLines.of(response.getStatus()), "headers", headerMembers(response)));
        } catch (RuntimeException e) {
            log.debug("Cannot read the response", e);
        }
        if (error != null) {
            payload.put("exception", RequestMembers.exception(cause(error)));
        }
        publish(target, "http.response", payload);
    }

    private static void publish(Notifier target, String event, Map<String, Object> payload) {
        try {
            target.info(event, payload);
        } catch (RuntimeException e) {
            log.warn("Cannot publish the notification {} of a request", event, e);
        }
    }

    /** What a servlet threw; containers and frameworks wrap it. */
    private static Throwable cause(Throwable error) {
        return error instanceof ServletException wrapper && wrapper.getRootCause() != null
                ? wrapper.getRootCause()
                : error;
    }

    /** The variables of CGI, without those that WSGI has in lower case. */
    private Map<String, Object> requestMembers(HttpServletRequest request) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("REQUEST_METHOD", request.getMethod());
        members.put("SCRIPT_NAME", text(request.getContextPath()));
        members.put("PATH_INFO", text(request.getServletPath()) + text(request.getPathInfo()));
        members.put("QUERY_STRING", RequestMembers.maskQuery(text(request.getQueryString())));
        members.put("SERVER_NAME", text(request.getServerName()));
        members.put("SERVER_PORT", Integer.toString(request.getServerPort()));
        members.put("SERVER_PROTOCOL", text(request.getProtocol()));
        members.put("REMOTE_ADDR", text(request.getRemoteAddr()));
        if (request.getRemoteUser() != null) {
            members.put("REMOTE_USER", request.getRemoteUser());
        }
        for (String header : Collections.list(request.getHeaderNames())) {
            String name = header.toLowerCase(Locale.ROOT);
            if (!droppedHeaders.contains(name)) {
                String variable = name.toUpperCase(Locale.ROOT).replace('-', '_');
                boolean bare = variable.equals("CONTENT_TYPE") || variable.equals("CONTENT_LENGTH");
                members.put(
                        bare ? variable : "HTTP_" + variable,
                        String.join(",", Collections.list(request.getHeaders(header))));
            }
        }
        String host = request.getHeader("Host");
        members.put("HTTP_X_SERVICE_NAME", serviceName != null ? serviceName : text(host));
        return members;
    }

    private Map<String, String> headerMembers(HttpServletResponse response) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String header : response.getHeaderNames()) {
            if (!droppedHeaders.contains(header.toLowerCase(Locale.ROOT))) {
                headers.put(header, String.join(",", response.getHeaders(header)));
            }
        }
        return headers;
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    /** Builds a filter. Not thread-safe. */
    public static final class Builder {
        private final Notifier notifier;
        private @Nullable String serviceName;
        private Set<String> ignoredMethods = Set.of();
        private Set<String> droppedHeaders = RequestMembers.CREDENTIALS;

        private Builder(Notifier notifier) {
            this.notifier = Objects.requireNonNull(notifier, "notifier");
        }

        /** The member {@code HTTP_X_SERVICE_NAME}. The default is the request's header {@code Host}. */
        public Builder serviceName(String name) {
            serviceName = Objects.requireNonNull(name, "name");
            return this;
        }

        /** The HTTP methods of requests to ignore, such as {@code GET}, in any case. None by default. */
        public Builder ignore(String... methods) {
            ignoredMethods = RequestMembers.lowerCase(List.of(methods));
            return this;
        }

        /**
         * The headers to leave out, in requests and responses, in any case. The default is {@code Authorization}, {@code
         * Proxy-Authorization}, {@code Cookie}, {@code Set-Cookie}, {@code X-Auth-Token}, {@code X-Service-Token} and
         * {@code X-Subject-Token}.
         */
        public Builder dropHeaders(Collection<String> names) {
            droppedHeaders = RequestMembers.lowerCase(names);
            return this;
        }

        /** Builds the filter. */
        public RequestNotificationFilter build() {
            return new RequestNotificationFilter(this);
        }
    }
}
