package io.unifluid.gateway;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.util.concurrent.CountDownLatch;

/**
 * The gateway as a process of its own. SIGTERM and Ctrl-C end it in order (status 143 and 130, as of any JVM). It ends by
 * itself with 2 if it cannot start; one sentence says why.
 */
public final class GatewayApp {
    private GatewayApp() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "logback-gateway.xml");
        }
        try {
            var gateway = GatewayRunner.ofProcess(System.getenv());
            Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "gateway-end"));
            gateway.start();
            System.out.println("gateway ready at " + gateway.address());
            new CountDownLatch(1).await();
        } catch (IllegalArgumentException | EnvironmentProblem e) {
            System.err.println("gateway: " + e.getMessage());
            System.exit(2);
        }
    }
}
