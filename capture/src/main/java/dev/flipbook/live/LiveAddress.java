package dev.flipbook.live;

import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.StreamKind;
import dev.flipbook.text.Secrets;
import dev.flipbook.web.TypedLogin;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a live stream, parsed. Immutable.
 *
 * @param login user and password as they stand in an address, percent-encoded; empty if there are none
 * @param host a name or an IP address; empty if the scheme allows that
 * @param port 0 for the scheme's default
 * @param path everything after the host, including the query
 */
record LiveAddress(Scheme scheme, String login, String host, int port, String path) implements LiveOrigin {

    /**
     * A scheme, and everything that FFmpeg may use for it: one demuxer and these protocols, but no files and no HTTP.
     */
    enum Scheme {
        RTSP(554, "rtsp", "tcp", true),
        RTSPS(322, "rtsp", "tls,tcp", false),
        RTMP(1935, "flv", "rtmp,tcp", false),
        RTMPS(443, "flv", "rtmps,tls,tcp", false),
        RTP(0, "rtp", "rtp,udp", true),
        SRT(0, "", "srt", true),
        TCP(0, "", "tcp", true),
        UDP(0, "", "udp", true);

        private final int port;
        private final String demuxer;
        private final String protocols;

        /**
         * Whether the host may be replaced by its IP address, because neither a certificate nor the server depends on
         * the name.
         */
        private final boolean byNumber;

        Scheme(int port, String demuxer, String protocols, boolean byNumber) {
            this.port = port;
            this.demuxer = demuxer;
            this.protocols = protocols;
            this.byNumber = byNumber;
        }

        static Optional<Scheme> of(String text) {
            for (Scheme scheme : values()) {
                if (scheme.text().equalsIgnoreCase(text)) {
                    return Optional.of(scheme);
                }
            }
            return Optional.empty();
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A password may contain anything but a slash; the last @ ends it. */
    private static final Pattern FORM = Pattern.compile(
            "([A-Za-z][A-Za-z0-9+.-]*)://(?:([^/]*)@)?(\\[[0-9A-Fa-f:.]+]|[^/?#:\\[\\]]*)(?::(\\d{1,5}))?([/?].*)?");

    /**
     * Formats that are accepted if the scheme does not determine one. No file of these formats can make FFmpeg open
     * another address.
     */
    private static final String PLAIN_FORMATS =
            "mpegts,mpjpeg,mjpeg,h264,hevc,av1,obu,mpegvideo,m4v,flv,matroska,webm,nut,ogg,ivf,yuv4mpegpipe";

    /** The option that makes FFmpeg wait for a connection, with any value but 0. */
    private static final Pattern LISTEN = Pattern.compile("[?&]listen(?:=(?!0)[^&]*)?(?:&|$)");

    /** The option for RTSP servers that only send over UDP. A user who types it accepts that UDP ports are opened. */
    private static final Pattern UDP_ONLY = Pattern.compile("\\?(?:.*&)?udp(?:&|$)");

    /**
     * Parses an address. Empty if the text begins with no known {@link Scheme}.
     *
     * @throws IOException if the address is not complete or not valid; the message does not repeat anything that may be
     *     secret
     */
    static Optional<LiveAddress> of(String text) throws IOException {
        int colon = text.indexOf("://");
        Optional<Scheme> scheme = colon < 0 ? Optional.empty() : Scheme.of(text.substring(0, colon));
        if (scheme.isEmpty()) {
            return Optional.empty();
        }
        String form = scheme.get().text() + "://NAME:PASSWORD@HOST:PORT/PATH";
        Optional<String> cutOff = TypedLogin.cutOff(withPlainLogin(text, colon + 3));
        if (cutOff.isPresent()) {
            throw new IOException("the address " + cutOff.get() + "; it is written " + form);
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || text.chars().anyMatch(c -> c <= ' ' || c == 0x7F)) {
            throw new IOException("that is not an address of the form " + form
                    + "; in a name or password a slash is written %2F and a space %20");
        }
        int port = matcher.group(4) == null ? 0 : Integer.parseInt(matcher.group(4));
        String host = matcher.group(3);
        if (port > 65535 || (host.isEmpty() && scheme.get().port > 0) || (port == 0 && scheme.get().port == 0)) {
            throw new IOException("the address of a stream lacks its " + (host.isEmpty() ? "host" : "port")
                    + ", or has an invalid one; it is written " + form);
        }
        String login = matcher.group(2) == null ? "" : encoded(matcher.group(2));
        return Optional.of(
                new LiveAddress(scheme.get(), login, host, port, matcher.group(5) == null ? "" : matcher.group(5)));
    }

    /**
     * Removes the login before the address is checked. A password may contain # and ? here, because neither of them
     * ends a login before the first slash.
     */
    private static String withPlainLogin(String text, int begin) {
        int slash = text.indexOf('/', begin);
        int at = text.lastIndexOf('@', slash < 0 ? text.length() : slash);
        return at < begin ? text : text.substring(0, begin) + text.substring(at + 1);
    }

    /** The login in the form that all parts of FFmpeg read, whether it was typed encoded, plain or mixed. */
    private static String encoded(String login) {
        int colon = login.indexOf(':');
        return colon < 0
                ? percentEncoded(login)
                : percentEncoded(login.substring(0, colon)) + ":" + percentEncoded(login.substring(colon + 1));
    }

    private static String percentEncoded(String text) {
        StringBuilder out = new StringBuilder();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xFF);
            boolean encoded = c == '%'
                    && i + 2 < bytes.length
                    && Character.digit(bytes[i + 1], 16) >= 0
                    && Character.digit(bytes[i + 2], 16) >= 0;
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
            out.append(encoded || plain ? Character.toString(c) : String.format("%%%02X", (int) c));
        }
        return out.toString();
    }

    @Override
    public String name() {
        return host.isEmpty() ? shown() : host;
    }

    /** The address without user, password and query. */
    String shown() {
        return scheme.text() + "://" + host + (port == 0 ? "" : ":" + port) + Secrets.hideInPath(path);
    }

    String where() {
        return name() + ":" + (port == 0 ? scheme.port : port);
    }

    @Override
    public List<String> addresses() throws IOException, InterruptedException {
        if (host.isEmpty()) {
            return List.of(url(host));
        }
        List<InetAddress> allowed = Hosts.resolve(host);
        if (!scheme.byNumber) {
            return List.of(url(host));
        }
        return allowed.stream().map(LiveAddress::literal).map(this::url).toList();
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress().replaceFirst("%.*", "");
        return address instanceof Inet6Address ? "[" + text + "]" : text;
    }

    private String url(String at) {
        return scheme.text() + "://" + (login.isEmpty() ? "" : login + "@") + at + (port == 0 ? "" : ":" + port) + path;
    }

    @Override
    public String demuxer() {
        return scheme.demuxer;
    }

    @Override
    public Map<String, String> options() {
        Map<String, String> options = new HashMap<>();
        options.put("protocol_whitelist", scheme.protocols + (scheme == Scheme.RTSP && isUdpOnly() ? ",rtp,udp" : ""));
        if (scheme.demuxer.equals("rtsp")) {
            options.put("rtsp_transport", isUdpOnly() ? "udp" : "tcp");
            options.put("allowed_media_types", "video");
        } else if (scheme.demuxer.isEmpty()) {
            options.put("format_whitelist", PLAIN_FORMATS);
        }
        if (scheme == Scheme.UDP) {
            options.put("pkt_size", "65536"); // FFmpeg would cut larger datagrams
            options.put("overrun_nonfatal", "1");
        }
        return options;
    }

    @Override
    public boolean listens() {
        return scheme == Scheme.UDP
                || scheme == Scheme.RTP
                || (scheme == Scheme.TCP && LISTEN.matcher(path).find())
                || (scheme == Scheme.SRT && path.contains("mode=listener"));
    }

    @Override
    public IOException failure(int code, boolean opened) {
        return new LiveErrors(this).failure(code, opened);
    }

    @Override
    public IOException silence(boolean connected, long seconds) {
        return new LiveErrors(this).silence(connected, seconds);
    }

    @Override
    public IOException notShown(StreamKind kind, PeerBytes bytes) {
        return new LiveErrors(this).notShown(kind, bytes);
    }

    @Override
    public IOException noPictures(NoPicturesException none) {
        return new LiveErrors(this).noPictures(none);
    }

    /** The whole address for a command line, or a placeholder if the address contains secrets. */
    String typed() {
        boolean secret = !login.isEmpty() || (path.contains("?") && scheme != Scheme.TCP && scheme != Scheme.UDP);
        return secret ? "ADDRESS" : path.contains("?") ? "'" + url(host) + "'" : url(host);
    }

    boolean isUdpOnly() {
        return UDP_ONLY.matcher(path).find();
    }

    boolean hasLogin() {
        return !login.isEmpty();
    }

    String streamPath() {
        String shown = Secrets.hideInPath(path);
        return shown.isEmpty() ? "/" : shown;
    }

    /** The address without its secrets. */
    @Override
    public String toString() {
        return shown();
    }
}
