package dev.parley.net.http.rpc;

import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.spi.PrintableText;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a response that is not of the protocol says to a person: plain text or the visible text of an HTML page, bounded
 * and printable, for error messages. Stateless and thread-safe.
 */
public final class ResponseText {
    /** The largest excerpt, in characters. */
    static final int MAX_LENGTH = 300;

    /** The largest part of a body that is looked at, in bytes. */
    private static final int MAX_BYTES = 64 << 10;

    /** The elements that HTML pages start with; some of them start what PHP prints in front of a response. */
    private static final Set<String> HTML = Set.of(
            "html", "head", "title", "body", "center", "div", "font", "h1", "h2", "h3", "p", "pre", "b", "br", "table",
            "script", "style", "meta");

    private ResponseText() {}

    /** The charset that a {@code Content-Type} names; {@code null} if there is none or it is unknown. */
    public static @Nullable Charset charset(@Nullable String contentType) {
        int at = contentType == null ? -1 : contentType.toLowerCase(Locale.ROOT).indexOf("charset=");
        if (contentType == null || at < 0) {
            return null;
        }
        String name = contentType
                .substring(at + "charset=".length())
                .split("[;,\\s]", 2)[0]
                .replace("\"", "");
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return null;
        }
    }

    /** The index of the first byte that is neither white space nor part of a UTF-8 byte order mark. */
    public static int start(byte[] body) {
        int at = 0;
        while (at < body.length) {
            if (body[at] == ' ' || body[at] == '\n' || body[at] == '\r' || body[at] == '\t') {
                at++;
            } else if (body.length - at >= 3
                    && body[at] == (byte) 0xef
                    && body[at + 1] == (byte) 0xbb
                    && body[at + 2] == (byte) 0xbf) {
                at += 3;
            } else {
                break;
            }
        }
        return at;
    }

    /** Whether a body starts as an HTML page does, or as a PHP message does. */
    public static boolean isHtml(byte[] body) {
        int at = start(body);
        if (at >= body.length || body[at] != '<') {
            return false;
        }
        String tag = new String(body, at + 1, Math.min(14, body.length - at - 1), StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT);
        if (tag.startsWith("!doctype html")) {
            return true;
        }
        int end = 0;
        while (end < tag.length() && Character.isLetterOrDigit(tag.charAt(end))) {
            end++;
        }
        return HTML.contains(tag.substring(0, end));
    }

    /** The excerpt of a response's body; empty if it has no text. */
    public static String excerpt(HttpResponse response) {
        byte[] body = response.body();
        int start = start(body);
        Charset charset = charset(response.headers().first("Content-Type"));
        String text = new String(
                body,
                start,
                Math.min(body.length - start, MAX_BYTES),
                charset == null ? StandardCharsets.UTF_8 : charset);
        return PrintableText.line(isHtml(body) ? visible(text) : text, MAX_LENGTH);
    }

    /** Where a redirect leads, as far as it may be shown: without user info and query; {@code null} if nowhere. */
    static @Nullable String location(Headers headers) {
        String location = headers.first("Location");
        if (location == null || location.isBlank()) {
            return null;
        }
        String shown = PrintableText.line(location, 1_000).replaceFirst("(?<=//)[^/?#]*@", "");
        int query = shown.indexOf('?');
        return query < 0 ? shown : shown.substring(0, query + 1) + "…";
    }

    /** The text of an HTML page without its tags, scripts, styles and comments. */
    private static String visible(String html) {
        StringBuilder text = new StringBuilder();
        String lower = html.toLowerCase(Locale.ROOT);
        int at = 0;
        while (at < html.length()) {
            char c = html.charAt(at);
            if (c != '<') {
                int end = html.indexOf('<', at);
                text.append(html, at, end < 0 ? html.length() : end);
                at = end < 0 ? html.length() : end;
                continue;
            }
            String until = lower.startsWith("<!--", at)
                    ? "-->"
                    : lower.startsWith("<script", at) ? "</script>" : lower.startsWith("<style", at) ? "</style>" : ">";
            int end = lower.indexOf(until, at);
            at = end < 0 ? html.length() : end + until.length();
            // Tags within a line, such as <b>, do not separate words, but it does no harm in a message.
            text.append(' ');
        }
        return text.toString()
                .replace("&nbsp;", " ")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }
}
