package io.unifluid.cli;

import io.unifluid.operations.tenants.WebhookRegister;
import io.unifluid.schemas.WebhookDelivery;
import io.unifluid.schemas.WebhookEndpoint;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where tenants are told of ends. */
@Command(
        name = "webhooks",
        description = "Look after the addresses at which tenants are told that their requests and batches have ended.",
        mixinStandardHelpOptions = true,
        subcommands = CommandLine.HelpCommand.class)
final class WebhooksCommand extends CommandGroup {
    private static final String ID = "ID";
    private static final String AS_LISTED = "as 'list' shows it";

    private final Screen screen = Screen.standard();

    WebhooksCommand() {
        super("add, list, rotate, enable, disable, deliveries or remove");
    }

    @Command(
            name = "add",
            description = "Have a tenant told at an address, and show the secret that signs, this once.",
            mixinStandardHelpOptions = true)
    int add(
            @Parameters(index = "0", paramLabel = "TENANT", description = "as requests name it") String tenant,
            @Parameters(index = "1", paramLabel = "URL", description = "http or https, at a public address") String url,
            @Option(
                            names = "--event",
                            paramLabel = "TYPE",
                            description =
                                    "for example request.failed or batch.completed; again for more (default: all)")
                    List<String> events,
            @Option(
                            names = "--private-address",
                            description = "it may lie at a loopback or private address, for gateways with"
                                    + " webhook-private-addresses")
                    boolean privateAddress,
            @Mixin ClusterOptions cluster) {
        var made = register(cluster).add(tenant, url, events == null ? List.of() : events, privateAddress);
        screen.result(made.secret());
        screen.note("Endpoint " + made.endpoint().getId() + " of " + tenant + "; the secret is not shown again.");
        return ExitCode.OK;
    }

    @Command(
            name = "list",
            description = "'tenant<TAB>id<TAB>state<TAB>events<TAB>url' of each endpoint; one that was ended says why.",
            mixinStandardHelpOptions = true)
    int list(
            @Parameters(arity = "0..1", paramLabel = "TENANT", description = "this one's alone") String tenant,
            @Option(names = "--json", description = "one JSON object each") boolean json,
            @Mixin ClusterOptions cluster) {
        var all = register(cluster).all().stream()
                .filter(one -> tenant == null || one.getTenant().equals(tenant))
                .toList();
        all.forEach(one -> show(one, json));
        if (all.isEmpty() && !json) {
            screen.note("There is no endpoint yet: './unifluid webhooks add TENANT URL' makes one.");
        }
        return ExitCode.OK;
    }

    private void show(WebhookEndpoint endpoint, boolean json) {
        boolean stands = endpoint.getEndedAt() == null;
        if (json) {
            var node = JsonLines.object()
                    .put("tenant", endpoint.getTenant())
                    .put("id", endpoint.getId())
                    .put("url", endpoint.getUrl())
                    .put("enabled", stands)
                    .put("createdAt", endpoint.getCreatedAt().toString())
                    .put("disabledAt", stands ? null : endpoint.getEndedAt().toString())
                    .put("disabledBecause", endpoint.getEndedBecause());
            var events = node.putArray("events");
            endpoint.getEvents().forEach(events::add);
            screen.json(node);
        } else {
            screen.results(
                    endpoint.getTenant(),
                    endpoint.getId(),
                    stands ? "enabled" : "disabled " + endpoint.getEndedAt() + ": " + endpoint.getEndedBecause(),
                    endpoint.getEvents().isEmpty() ? "all" : String.join(",", endpoint.getEvents()),
                    endpoint.getUrl());
        }
    }

    @Command(
            name = "rotate",
            description = "Make a new secret and show it, this once; for a day the old one signs too.",
            mixinStandardHelpOptions = true)
    int rotate(@Parameters(paramLabel = ID, description = AS_LISTED) String id, @Mixin ClusterOptions cluster) {
        screen.result(register(cluster).rotate(id).secret());
        screen.note("The new secret of " + id + "; it is not shown again.");
        return ExitCode.OK;
    }

    @Command(
            name = "enable",
            description = "Have an endpoint told again, of what ends from now on; also one that was given up.",
            mixinStandardHelpOptions = true)
    int enable(@Parameters(paramLabel = ID, description = AS_LISTED) String id, @Mixin ClusterOptions cluster) {
        var enabled = register(cluster).enable(id);
        screen.result("enabled " + id + " of " + enabled.getTenant());
        return ExitCode.OK;
    }

    @Command(
            name = "disable",
            description = "Have an endpoint told nothing more; what waits for it is dropped.",
            mixinStandardHelpOptions = true)
    int disable(
            @Parameters(paramLabel = ID, description = AS_LISTED) String id,
            @Option(
                            names = "--because",
                            paramLabel = "TEXT",
                            defaultValue = "It was disabled by the operator.",
                            description = "for its tenant (default: ${DEFAULT-VALUE})")
                    String because,
            @Mixin ClusterOptions cluster) {
        var disabled = register(cluster).disable(id, because);
        screen.result("disabled " + id + " of " + disabled.getTenant());
        return ExitCode.OK;
    }

    @Command(
            name = "deliveries",
            description =
                    "'at<TAB>type<TAB>attempt<TAB>what was answered<TAB>next attempt' of each attempt, newest first.",
            mixinStandardHelpOptions = true)
    int deliveries(
            @Parameters(paramLabel = ID, description = AS_LISTED) String id,
            @Mixin SinceOption since,
            @Option(
                            names = "--most",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "so many of the newest (default: ${DEFAULT-VALUE})")
                    int most,
            @Option(names = "--json", description = "one JSON object each") boolean json,
            @Mixin ClusterOptions cluster) {
        if (most < 1) {
            throw new IllegalArgumentException("--most is " + most + "; give 1 or more.");
        }
        register(cluster).deliveries(id, since.instant(), most).forEach(one -> show(one, json));
        return ExitCode.OK;
    }

    private void show(WebhookDelivery delivery, boolean json) {
        var next = delivery.getNextAt();
        if (json) {
            screen.json(JsonLines.object()
                    .put("id", delivery.getId())
                    .put("type", delivery.getType())
                    .put("attempt", delivery.getAttempt())
                    .put("at", delivery.getAt().toString())
                    .put("milliseconds", delivery.getMillis())
                    .put("status", delivery.getStatus() == 0 ? null : delivery.getStatus())
                    .put("error", delivery.getError())
                    .put("nextAttemptAt", next == null ? null : next.toString()));
        } else {
            screen.results(
                    delivery.getAt().toString(),
                    delivery.getType(),
                    Integer.toString(delivery.getAttempt()),
                    delivery.getStatus() == 0 ? delivery.getError() : Integer.toString(delivery.getStatus()),
                    next == null ? "-" : next.toString());
        }
    }

    @Command(
            name = "remove",
            description = "Forget an endpoint; what waits for it is dropped.",
            mixinStandardHelpOptions = true)
    int remove(@Parameters(paramLabel = ID, description = AS_LISTED) String id, @Mixin ClusterOptions cluster) {
        var removed = register(cluster).remove(id);
        screen.result("removed " + id + " of " + removed.getTenant());
        return ExitCode.OK;
    }

    private static WebhookRegister register(ClusterOptions cluster) {
        return new WebhookRegister(cluster.cluster());
    }
}
