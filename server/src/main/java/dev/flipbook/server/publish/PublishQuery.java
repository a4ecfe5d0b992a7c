package dev.flipbook.server.publish;

import dev.flipbook.image.GreyRange;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.web.Quote;
import java.util.Optional;

/**
 * What the query of a publishing request says.
 *
 * @param takeover whether to end another publisher of the feed
 * @param raw layout of the pixels if the pictures are plain pixels
 * @param range the range of grey that is shown, if the client names one
 */
record PublishQuery(boolean takeover, Optional<RawShape> raw, Optional<GreyRange> range) {

    /**
     * Parses the query.
     *
     * @throws HttpError with the status 400 or 413 if a value is wrong, or the body does not fit the values
     */
    static PublishQuery of(Exchange exchange) {
        return new PublishQuery(takeover(exchange), RawShape.of(exchange), range(exchange));
    }

    private static boolean takeover(Exchange exchange) {
        String asked = exchange.query("takeover").orElse("0");
        if (!asked.equals("0") && !asked.equals("1")) {
            throw new HttpError(400, "takeover is 1 or 0, not '" + Quote.of(asked) + "'");
        }
        return asked.equals("1");
    }

    private static Optional<GreyRange> range(Exchange exchange) {
        Optional<String> text = exchange.query("range");
        try {
            return text.map(GreyRange::parse);
        } catch (IllegalArgumentException e) {
            throw new HttpError(400, "range is '" + Quote.of(text.orElse("")) + "'; " + e.getMessage());
        }
    }
}
