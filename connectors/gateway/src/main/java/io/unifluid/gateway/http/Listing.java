package io.unifluid.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.schemas.OneLine;
import java.util.List;
import java.util.function.Function;

/** A page of a list, as OpenAI's API gives it. */
public final class Listing {
    private Listing() {}

    /** @param order as the caller gave it, or null */
    public static boolean descending(String order) {
        if (order != null && !order.equals("asc") && !order.equals("desc")) {
            throw ApiError.parameter("order", "'order' must be asc or desc.");
        }
        return !"asc".equals(order);
    }

    /** @param limit as the caller gave it, or null */
    public static int limit(Integer limit, int most, int otherwise) {
        if (limit != null && (limit < 1 || limit > most)) {
            throw ApiError.parameter("limit", "'limit' must be a whole number from 1 to " + most + ".");
        }
        return limit == null ? otherwise : limit;
    }

    /**
     * @param all in their order
     * @param after the last one of the page before, or null
     */
    public static <T> ObjectNode page(
            List<T> all, Function<T, String> id, String after, int limit, Function<T, ObjectNode> json) {
        int from = 0;
        if (after != null) {
            while (from < all.size() && !id.apply(all.get(from)).equals(after)) {
                from++;
            }
            if (from == all.size()) {
                throw nothing(after);
            }
            from++;
        }
        var rest = all.subList(from, all.size());
        return page(rest, id, limit, json);
    }

    /** @return that there is nothing of the id that a page shall begin after */
    public static ApiError nothing(String after) {
        return ApiError.parameter("after", "There is nothing of the id '" + OneLine.of(after, 100) + "'.");
    }

    /** @param rest what follows the page before, or more than {@code limit} of it */
    public static <T> ObjectNode page(List<T> rest, Function<T, String> id, int limit, Function<T, ObjectNode> json) {
        var page = rest.subList(0, Math.min(rest.size(), limit));
        var node = Json.object().put("object", "list");
        var data = node.putArray("data");
        page.forEach(one -> data.add(json.apply(one)));
        return node.put("first_id", page.isEmpty() ? null : id.apply(page.getFirst()))
                .put("last_id", page.isEmpty() ? null : id.apply(page.getLast()))
                .put("has_more", page.size() < rest.size());
    }
}
