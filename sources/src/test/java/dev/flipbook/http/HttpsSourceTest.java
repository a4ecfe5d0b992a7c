package dev.flipbook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FrameSource;
import dev.flipbook.delivery.Pictures;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A camera that encrypts, with a certificate made for the test. */
@Timeout(180)
class HttpsSourceTest {

    private static final char[] SECRET = "changeit".toCharArray();

    @TempDir
    static Path folder;

    private static SSLContext camera;
    private static SSLContext usual;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path store = folder.resolve("camera.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "camera",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=camera",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString()))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as("%s", said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, SECRET);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, SECRET);
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("camera", keys.getCertificate("camera"));
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(certificates);
        camera = SSLContext.getInstance("TLS");
        camera.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        usual = SSLContext.getDefault();
    }

    @AfterEach
    void trustAsUsual() {
        SSLContext.setDefault(usual);
    }

    @Test
    void aTrustedCertificateIsTaken() throws Exception {
        SSLContext.setDefault(camera);
        try (FakeCamera fake = encrypting();
                FrameSource source = source("127.0.0.1", fake)) {
            assertThat(Pictures.number(source.next().bytes())).isEqualTo(1);
            assertThat(source.description()).isEqualTo("https://127.0.0.1:" + fake.port() + "/x");
        }
    }

    @Test
    void aCertificateThatNobodyTrustsIsRefused() throws Exception {
        try (FakeCamera fake = encrypting();
                FrameSource source = source("127.0.0.1", fake)) {
            assertThatThrownBy(source::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage("the certificate of 127.0.0.1 is not trusted");
            assertThat(fake.requests())
                    .allSatisfy(request -> assertThat(request.line()).isEmpty());
        }
    }

    @Test
    void aCertificateOfAnotherHostIsRefused() throws Exception {
        SSLContext.setDefault(camera);
        try (FakeCamera fake = encrypting();
                FrameSource source = source("localhost", fake)) {
            assertThatThrownBy(source::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage("the certificate of localhost is not trusted");
        }
    }

    @Test
    void redirectFromHttpsToHttpIsNotFollowed() throws Exception {
        SSLContext.setDefault(camera);
        try (FakeCamera plain = FakeCamera.of(request -> request.picture(Pictures.numbered(1, 0)));
                FakeCamera fake = FakeCamera.listening(
                        camera.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress()),
                        request -> request.status("302 On", "Location: " + plain.url("/")));
                FrameSource source = source("127.0.0.1", fake)) {
            assertThatThrownBy(source::next)
                    .hasMessage("127.0.0.1 redirects from https to http, which is not followed");
            assertThat(plain.requests()).isEmpty();
        }
    }

    private static FakeCamera encrypting() throws IOException {
        return FakeCamera.listening(
                camera.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress()),
                request -> request.picture(Pictures.numbered(1, 0)));
    }

    private static FrameSource source(String host, FakeCamera camera) throws IOException {
        return FrameSource.open("https://me:S3CR3T@" + host + ":" + camera.port() + "/x?S3CR3T");
    }
}
