package dev.flipbook.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelOption;
import java.util.HashMap;
import java.util.Map;
import org.apache.catalina.connector.Connector;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.util.unit.DataSize;
import reactor.netty.http.server.HttpServer;

/** How the configured size of send buffers is set in each web server; 0 leaves the size to the kernel. */
class SendBuffersTest {

    @ParameterizedTest
    @CsvSource({"131072, 131072", "1, 1", "4294967296, 1073741823"})
    void tomcatHasTheSizeAndLargerPieces(long size, String expected) {
        assertThat(tomcat(size))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("socket.appWriteBufSize", "32768", "socket.txBufSize", expected));
    }

    @Test
    void tomcatHasNoSizeWhereTheKernelChoosesIt() {
        assertThat(tomcat(0)).containsExactlyEntriesOf(Map.of("socket.appWriteBufSize", "32768"));
    }

    /** The properties that a connector is given. */
    private static Map<String, String> tomcat(long size) {
        TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory();
        new SendBuffers.OfTomcat().flipbookTomcat(properties(size)).customize(factory);
        Map<String, String> given = new HashMap<>();
        Connector connector = new Connector() {
            @Override
            public boolean setProperty(String name, String value) {
                given.put(name, value);
                return super.setProperty(name, value);
            }
        };
        factory.getConnectorCustomizers().forEach(customizer -> customizer.customize(connector));
        return given;
    }

    @ParameterizedTest
    @CsvSource({"131072, 131072", "1, 1", "0, -1"})
    void jettyHasTheSizeAtItsSockets(long size, int expected) throws Exception {
        JettyServletWebServerFactory factory = new JettyServletWebServerFactory();
        new SendBuffers.OfJetty().flipbookJetty(properties(size)).customize(factory);
        Server server = new Server();
        try (ServerConnector sockets = new ServerConnector(server)) {
            server.addConnector(new LocalConnector(server));
            server.addConnector(sockets);
            factory.getServerCustomizers().forEach(customizer -> customizer.customize(server));

            assertThat(sockets.getAcceptedSendBufferSize()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"131072, 131072", "1, 1", "0, "})
    void nettyHasTheSize(long size, @Nullable Integer expected) {
        NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory();
        new SendBuffers.OfNetty().flipbookNetty(properties(size)).customize(factory);
        HttpServer server = HttpServer.create();
        for (NettyServerCustomizer customizer : factory.getServerCustomizers()) {
            server = customizer.apply(server);
        }

        assertThat(server.configuration().childOptions().get(ChannelOption.SO_SNDBUF))
                .isEqualTo(expected);
    }

    private static FlipbookProperties properties(long size) {
        return new FlipbookProperties("", DataSize.ofBytes(size), Map.of());
    }
}
