// Looks at the console as a person does: node look.mjs CHROMIUM ADDRESS KEY PICTURE FOLDER. Says "seen: .." for each thing that was there.
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

  const unnamed = await page.evaluate(() => [...document.querySelectorAll("input, textarea, select, button, meter")]
    .filter((part) => part.offsetParent && !(part.labels?.length || part.textContent.trim() || part.getAttribute("aria-label"))).map((part) => part.outerHTML));
  if (unnamed.length > 0) faults.push(`without a name: ${unnamed}`);
  for (const [name, size, scheme] of [["desktop-light", [1280, 900], "light"], ["desktop-dark", [1280, 900], "dark"], ["phone-dark", [390, 844], "dark"]]) {
    await page.setViewportSize({ width: size[0], height: size[1] });
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) faults.push(`${name} is wider than its screen`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
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
