package dev.flipbook.spring;

import io.netty.channel.ChannelOption;
import org.apache.catalina.connector.Connector;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;
import reactor.netty.http.server.HttpServer;

/**
 * Limits the send buffers of the application's web server. Pictures in the kernel are old when they arrive, and no
 * newer frame can overtake them; without a limit, the kernel takes megabytes for a slow viewer.
 */
@Configuration(proxyBeanMethods = false)
class SendBuffers {

    /**
     * Bytes that Tomcat passes to the kernel at once, for each connection. With the default of 8 KB, four times as many
     * calls are needed.
     */
    private static final int TOMCAT_PIECE = 32 << 10;

    /** The configured size in bytes; 0 means no limit. */
    private static int bytes(FlipbookProperties properties) {
        DataSize size = properties.sendBuffer();
        return (int) Math.min(Integer.MAX_VALUE / 2, size.toBytes());
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Connector.class, ConfigurableTomcatWebServerFactory.class})
    static class OfTomcat {
        @Bean
        WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> flipbookTomcat(FlipbookProperties properties) {
            int bytes = bytes(properties);
            return factory -> factory.addConnectorCustomizers(connector -> {
                connector.setProperty("socket.appWriteBufSize", Integer.toString(TOMCAT_PIECE));
                if (bytes > 0) {
                    connector.setProperty("socket.txBufSize", Integer.toString(bytes));
                }
            });
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ServerConnector.class, ConfigurableJettyWebServerFactory.class})
    static class OfJetty {
        @Bean
        WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory> flipbookJetty(FlipbookProperties properties) {
            int bytes = bytes(properties);
            return factory -> factory.addServerCustomizers(server -> {
                for (var connector : server.getConnectors()) {
                    if (bytes > 0 && connector instanceof ServerConnector sockets) {
                        sockets.setAcceptedSendBufferSize(bytes);
                    }
                }
            });
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HttpServer.class, NettyReactiveWebServerFactory.class})
    static class OfNetty {
        @Bean
        WebServerFactoryCustomizer<NettyReactiveWebServerFactory> flipbookNetty(FlipbookProperties properties) {
            int bytes = bytes(properties);
            return factory -> factory.addServerCustomizers(
                    server -> bytes > 0 ? server.childOption(ChannelOption.SO_SNDBUF, bytes) : server);
        }
    }
}
