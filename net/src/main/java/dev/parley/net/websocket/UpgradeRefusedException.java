package dev.parley.net.websocket;

import dev.parley.net.http.HttpResponse;
import java.io.IOException;

/** A server responded to the upgrade with something else. */
public final class UpgradeRefusedException extends IOException {
    private final transient HttpResponse response;

    UpgradeRefusedException(HttpResponse response) {
        super("the server responded to the upgrade with HTTP status " + response.status());
        this.response = response;
    }

    /** What it responded; the body as far as it may be long. */
    public HttpResponse response() {
        return response;
    }
}
