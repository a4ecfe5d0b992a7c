import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * What {@code StampedFeed} does, in a Spring Boot application: {@code SpringFeed PICTURE FPS}, a feed of one picture at {@code
 * /video_feed}; prints the port.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class SpringFeed {

    private static final int TIME_IN_STAMP = 12;

    public static void main(String[] arguments) throws IOException {
        byte[] picture = Files.readAllBytes(Path.of(arguments[0]));
        long period = (long) (1e9 / Double.parseDouble(arguments[1]));
        ByteBuffer stamp = ByteBuffer.wrap(picture).order(ByteOrder.LITTLE_ENDIAN);
        ConfigurableApplicationContext application = SpringApplication.run(
                SpringFeed.class, "--server.port=0", "--spring.main.banner-mode=off", "--logging.level.root=warn");
        Feed feed = application.getBean(Feeds.class).feed("stamped");
        System.out.println(application.getEnvironment().getProperty("local.server.port"));
        for (long due = System.nanoTime(); ; due += period) {
            for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
                LockSupport.parkNanos(due - now);
            }
            stamp.putLong(TIME_IN_STAMP, System.nanoTime());
            feed.publish(picture); // copies it: it may be stamped again at once
        }
    }
}
