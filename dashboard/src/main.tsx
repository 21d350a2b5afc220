import { createBrowser } from './api/browser.ts';
import { createHttpControlPlane } from './api/http.ts';
import { mount } from './mount.tsx';

const browser = createBrowser();
mount(createHttpControlPlane(browser), browser);
