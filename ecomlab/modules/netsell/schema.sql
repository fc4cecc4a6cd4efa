create table netsell_member (
    user_name varchar primary key, member varchar not null, contact varchar not null, mailbox varchar not null, day date not null
);
-- What was ordered: a domain name, web space or a search listing. Its state is that of its document.
create table netsell_service (
    number varchar primary key, kind varchar not null, member varchar not null, label varchar not null, starts date, expires date
);
create table netsell_domain (number varchar primary key, name varchar not null, zone varchar not null, ascii varchar not null, forward varchar);
create table netsell_hosting (number varchar primary key, plan varchar not null, domain varchar, server varchar not null, login varchar not null);
create table netsell_listing (
    number varchar primary key, title varchar not null, url varchar not null, site_category varchar not null, keywords varchar not null,
    description varchar not null, impressions integer not null, clicks integer not null
);
-- An order without a service is a bill for advertising. starts, ends: the time that a paid order of a service is for.
create table netsell_order (
    number varchar primary key, service varchar, member varchar not null, years integer not null, amount decimal(18,2) not null, starts date, ends date
);
-- The families of books/records.py: number, member and the fields.
create table netsell_text_ad (
    number varchar primary key, member varchar not null, ad_category varchar not null, title varchar not null, content varchar not null, link varchar not null
);
create table netsell_button_ad (
    number varchar primary key, member varchar not null, title varchar not null, link varchar not null, image varchar not null, slot varchar not null,
    remark varchar not null
);
create table netsell_banner_ad (
    number varchar primary key, member varchar not null, title varchar not null, link varchar not null, image varchar not null, slot varchar not null,
    remark varchar not null
);
create table netsell_business_notice (
    number varchar primary key, member varchar not null, title varchar not null, info_kind varchar not null, content varchar not null
);
create table netsell_questionnaire (
    number varchar primary key, member varchar not null, title varchar not null, answer_type varchar not null, version integer not null
);
create table netsell_question_option (
    questionnaire varchar, version integer, choice integer, option varchar not null, primary key (questionnaire, version, choice)
);
create table netsell_ballot (
    questionnaire varchar, version integer, voter varchar, choice integer, day date not null, primary key (questionnaire, version, voter, choice)
);
create table netsell_zine (
    number varchar primary key, member varchar not null, zine_kind varchar not null, title varchar not null, content varchar not null,
    recipients integer not null
);
create table netsell_mailing_list (number varchar primary key, member varchar not null, title varchar not null);
create table netsell_list_entry (
    mailing_list varchar, line integer, address varchar not null, full_name varchar not null, state varchar not null, primary key (mailing_list, line)
);
create table netsell_mailing (number varchar primary key, member varchar not null, mailing_list varchar not null, subject varchar not null, day date not null);
create table netsell_mailing_letter (mailing varchar, address varchar, message_id varchar not null, outcome varchar not null, primary key (mailing, address));
-- What the audience did, a day and advertisement; per and price say what is charged.
create table netsell_ad_day (
    number varchar, day date, impressions integer not null, clicks integer not null, per varchar not null, price decimal(18,2) not null,
    primary key (number, day)
);
-- round counts how often it was asked for, so that an old code confirms nothing.
create table netsell_subscription (
    address varchar, zine_kind varchar, state varchar not null, round integer not null, day date not null, primary key (address, zine_kind)
);
-- A web order that came of a click on an advertisement, with its amount on that day.
create table netsell_conversion (
    web_order varchar primary key, advertisement varchar not null, day date not null, amount decimal(18,2) not null
);
