// Looks at the console as a person does: node look.mjs CHROMIUM ADDRESS KEY PICTURE FOLDER. Says "seen: .." for each thing that was there.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [executablePath, address, key, picture, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const faults = [];
let page;
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  page.on("pageerror", (error) => faults.push(`an error of the page: ${error.message}`));
  page.on("dialog", (dialog) => { faults.push("a dialog: a script came in"); dialog.dismiss(); });
  page.on("request", (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith("blob:")) faults.push(`asked elsewhere: ${request.url()}`);
  });
  await page.goto(`${address}/`);
  await page.getByLabel("API key").fill("wrong");
  await page.getByRole("button", { name: "Use key" }).click();
  await page.getByText("The key is not known").waitFor();
  console.log("seen: a wrong key is refused");
  await page.getByLabel("API key").fill(key);
  await page.keyboard.press("Enter");
  await page.getByText("live", { exact: true }).waitFor();
  await page.getByRole("heading", { name: "noop" }).waitFor();
  console.log("seen: the model that runs");

  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("There is no picture: choose one.").waitFor();
  await page.getByLabel("Picture", { exact: true }).setInputFiles(picture);
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#answer .caption").waitFor();
  await page.locator("#requests li .succeeded").first().waitFor();
  console.log("seen: a caption");

  await page.getByRole("radio", { name: "Ask" }).check();
  await page.getByLabel("Question").fill("Is it <img src=x onerror=alert(1)>?");
  await page.getByLabel("Choices").fill("yes\n<script>alert(2)</script>");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#answer meter").nth(1).waitFor();
  await page.getByText("Is it <img src=x onerror=alert(1)>?").first().waitFor();
  console.log("seen: scores, and script as text");

  await page.getByRole("radio", { name: "Generate" }).check();
  await page.getByLabel("What to draw").fill("a red apple");
  await page.getByRole("button", { name: "Send" }).click();
  const drawn = page.locator("#answer img.picture");
  await drawn.waitFor();
  if (!(await drawn.evaluate((img) => img.decode().then(() => img.naturalWidth > 0)))) faults.push("the drawn picture is none");
  console.log("seen: a picture");

  await page.getByRole("radio", { name: "Edit" }).check();
  await page.getByLabel("What to change").fill("make it red");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#answer img.picture").waitFor();
  await page.waitForFunction(() => document.querySelectorAll("#requests li").length >= 4);
  await page.waitForFunction(() => Number(document.querySelector("#stages tbody td").textContent) >= 0);
  console.log("seen: an edit, and four requests");

  // What others send with the same key: its picture is shown, and a failure is sent again.
  const bytes = readFileSync(picture);
  const send = (path, body) => fetch(address + path, { method: "POST", body: JSON.stringify(body),
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" } }).then((answer) => answer.json());
  const data = `data:image/png;base64,${bytes.toString("base64")}`;
  const other = await send("/requests", { task: "caption", image: data, labels: { "<b>by</b>": "<img src=x onerror=alert(4)>" } });
  await page.locator(`#requests li[data-id="${other.id}"] .thumb img[src^="blob:"]`).waitFor();
  await page.locator(`#requests li[data-id="${other.id}"] summary`).click();
  await page.locator(`#requests li[data-id="${other.id}"]`).getByText("<img src=x onerror=alert(4)>").waitFor();
  console.log("seen: a picture that this page did not send, and script in a label as text");
  const refused = await send("/requests?wait=20s", { task: "caption", image: `data:image/png;base64,${Buffer.from("<b>no picture</b>").toString("base64")}` });
  const broken = page.getByRole("button", { name: `Send again what failed as ${refused.error.kind}` });
  await broken.click();
  await page.getByText("1 of 1 sent again.").waitFor();
  await page.waitForFunction(() => document.querySelectorAll("#requests .failed, #requests .rejected").length >= 2);
  if (!(await page.locator("#rate-words").textContent()).includes("results a second")) faults.push("the chart of rates says nothing");
  if (!(await page.locator("#depth-words").textContent()).includes("in a batch")) faults.push("the chart of queue depth says nothing");
  console.log("seen: a failure sent again");

  const unnamedOf = () => page.evaluate(() => [...document.querySelectorAll("input, textarea, select, button, meter")]
    .filter((part) => part.offsetParent && !(part.labels?.length || part.textContent.trim() || part.getAttribute("aria-label"))).map((part) => part.outerHTML));
  const looks = async (prefix) => {
    const unnamed = await unnamedOf();
    if (unnamed.length > 0) faults.push(`without a name: ${unnamed}`);
    for (const [name, size] of [["desktop", [1280, 900]], ["phone", [390, 844]]]) {
      for (const scheme of ["light", "dark"]) {
        await page.setViewportSize({ width: size[0], height: size[1] });
        await page.emulateMedia({ colorScheme: scheme });
        await page.screenshot({ path: `${folder}/${prefix}${name}-${scheme}.png`, fullPage: true });
        if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) faults.push(`${prefix}${name} is wider than its screen`);
      }
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  };
  await looks("");

  // Review: three that people must look at.
  const input = [1, 2, 3].map(() => ({ type: "image_url", image_url: { url: data } }));
  await send("/v1/moderations", { input });
  await page.getByRole("link", { name: "Review" }).click();
  const items = page.locator("#items li");
  for (let tries = 0; (await items.count()) < 3 && tries < 50; tries++) {
    await page.getByRole("button", { name: "Look again" }).click();
    await page.waitForTimeout(200);
  }
  await page.getByRole("heading", { name: /^1 of 3: / }).waitFor();
  const blurred = () => page.evaluate(() => getComputedStyle(document.getElementById("seen")).filter !== "none");
  if (!(await blurred())) faults.push("the picture is not blurred before anybody asked for it");
  if (!(await page.locator("#seen").evaluate((img) => img.decode().then(() => img.naturalWidth > 0)))) faults.push("there is no picture to be reviewed");
  await looks("review-");
  await page.locator("#item-title").focus();
  await page.keyboard.press("s");
  if (await blurred()) faults.push("the picture stays blurred");
  await page.keyboard.press("j");
  await page.getByRole("heading", { name: /^2 of 3: / }).waitFor();
  if (!(await blurred())) faults.push("the next picture is not blurred");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.getByRole("heading", { name: /^2 of 3: / }).waitFor();
  await page.keyboard.press("b");
  await page.getByText("Say who you are.").waitFor();
  await page.getByLabel("Your name").fill("ann");
  await page.getByLabel("Reason").fill("jk <script>alert(3)</script>");
  await page.getByRole("button", { name: "Block" }).click();
  await page.getByText(/: review became block\./).waitFor();
  await page.getByRole("heading", { name: /^2 of 2: / }).waitFor();
  await page.getByLabel("Reason").fill("a toy");
  await page.locator("#item-title").focus();
  await page.keyboard.press("a");
  await page.getByText(/: review became approve\./).waitFor();
  await page.getByRole("heading", { name: /^1 of 1: / }).waitFor();
  console.log("seen: a review with the keyboard");
  await page.goto(`${address}/`);
  await page.getByText("live", { exact: true }).waitFor();
  await page.reload();
  await page.getByText("live", { exact: true }).waitFor();
  await page.keyboard.press("Tab");
  if ((await page.evaluate(() => document.activeElement.textContent)) !== "Skip to content") faults.push("the first stop of the keyboard is not the link to the content");
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  console.log(`first paint after ${Math.round(paint)} ms`);
} catch (error) {
  faults.push(error.message);
  console.log(`${page?.url()} says: ${await page?.innerText("body").catch(() => "nothing")}`);
} finally {
  await browser.close();
}
faults.forEach((fault) => console.log(`FAULT ${fault}`));
console.log(faults.length === 0 ? "all seen" : "not as it should be");
